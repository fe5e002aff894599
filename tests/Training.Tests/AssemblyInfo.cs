// libtorch uses every processor for one test, and its counts of live tensors are those of the whole process.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
