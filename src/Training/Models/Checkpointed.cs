using System.Runtime.ExceptionServices;
using PixelPost.Training.Native;
using static TorchSharp.torch;

namespace PixelPost.Training.Models;

/// <summary>
/// Blocks that keep their inputs only and are computed a second time for the backward pass: memory for one block's activations instead
/// of all, at the price of one more forward pass.
/// </summary>
/// <remarks>
/// Chen et al. (2016), arXiv 1604.06174. Gradients are what they are without: the same kernels run on the same numbers. Where a tensor
/// goes into several blocks, the sum of its gradients is formed block by block, which can change the last bit.
/// </remarks>
internal static class Checkpointed
{
    private static Exception? _failure;

    /// <summary>Runs a block.</summary>
    /// <param name="on">Whether it is to be computed again in the backward pass; otherwise, and without gradients, it just runs.</param>
    /// <param name="block">Gives one tensor from <paramref name="inputs"/>; draws no random numbers. Tensors it captures must live until the backward pass, as weights do.</param>
    /// <param name="inputs">Everything else it needs; null where it does without.</param>
    /// <returns>The block's output.</returns>
    public static Tensor Call(bool on, Func<Tensor[], Tensor> block, params Tensor?[] inputs)
    {
        if (!on || !is_grad_enabled()) return block(inputs!);
        using var scope = NewDisposeScope(); // TorchSharp makes a spare tensor of the output's shape, which goes with it
        // an input with a gradient is what makes the node part of the graph, even if only weights need one
        var trigger = inputs.Any(x => x is { requires_grad: true }) ? null : zeros(1, requires_grad: true);
        return Recomputed.apply([block, trigger, .. inputs]).MoveToOuterDisposeScope();
    }

    /// <summary>The backward pass of a loss, from which what went wrong inside a block comes out as its own exception.</summary>
    /// <remarks>An exception cannot pass libtorch's frames between a block and this call; unhandled there, it would end the process.</remarks>
    public static void Backward(Tensor loss)
    {
        loss.backward();
        if (Interlocked.Exchange(ref _failure, null) is { } failure) ExceptionDispatchInfo.Throw(failure);
    }

    // arguments: the block, the trigger, the inputs
    private sealed class Recomputed : autograd.SingleTensorFunction<Recomputed>
    {
        private const string Block = "block", UnderAutocast = "autocast";

        /// <summary>The gradients handed to libtorch last on this thread: it has taken its own reference when it calls again.</summary>
        [ThreadStatic]
        private static List<Tensor?>? _handedOver;

        public override string Name => nameof(Recomputed);

        public override Tensor forward(autograd.AutogradContext context, params object[] arguments)
        {
            var inputs = arguments[2..].Cast<Tensor>().ToArray();
            context.save_data(Block, arguments[0]);
            context.save_data(UnderAutocast, Autocast.Current!);
            context.save_for_backward([.. inputs!]);
            context.set_materialize_grads(false);
            var output = ((Func<Tensor[], Tensor>)arguments[0])(inputs);
            Autocast.ForgetCasts(); // made without gradient, they must not serve a use of the same weight that needs one
            return output;
        }

        public override List<Tensor> backward(autograd.AutogradContext context, Tensor gradient)
        {
            // on a GPU this is a thread of libtorch's, on which nothing is set up and no scope is open
            foreach (var tensor in _handedOver ?? []) tensor?.Dispose();
            _handedOver = null;
            using var scope = NewDisposeScope();
            using (gradient)
            {
                var inputs = context.get_saved_variables();
                context.Dispose(); // the saved inputs go after this block, not after the whole pass
                List<Tensor?> gradients = [.. inputs.Select(_ => (Tensor?)null)];
                try
                {
                    if (_failure is null && !gradient.IsInvalid) gradients = Gradients((Func<Tensor[], Tensor>)context.get_data(Block), inputs, (Autocast.State?)context.get_data(UnderAutocast), gradient);
                }
                catch (Exception problem)
                {
                    _failure ??= problem;
                }
                _handedOver = gradients;
                List<Tensor?> all = [null, null, .. gradients]; // neither block nor trigger has one
                return all!;
            }
        }

        /// <summary>Runs the block again, on copies that end its graph; gradients of weights add to what they have.</summary>
        private static List<Tensor?> Gradients(Func<Tensor[], Tensor> block, List<Tensor> inputs, Autocast.State? autocast, Tensor gradient)
        {
            using var withGradient = enable_grad();
            var leaves = inputs.Select(x => x?.detach().requires_grad_(x.requires_grad)).ToArray();
            Tensor output;
            using (autocast?.Enter()) output = block(leaves!);
            if (output.requires_grad) autograd.backward([output], [gradient]);
            return [.. leaves.Select(x => x is { requires_grad: true } ? x.grad?.DetachFromDisposeScope() : null)];
        }
    }
}
