using PixelPost.EvalPortal.Assignment;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Tests.Assignment;

public sealed class AssignmentOrderTests
{
    private static readonly EnteredBlock[] NoBlock = [];

    [Fact]
    public void For_SeveralBlocks_FirstBlockFirst()
    {
        var order = AssignmentOrder.For([Item(1, block: 2), Item(2, block: 1), Item(3, block: 2), Item(4, block: 1)], NoBlock, new Random(1));

        Assert.Equal([1, 1, 2, 2], order.Select(item => item.Block));
    }

    [Fact]
    public void For_OneBlock_FewestTakenFirst()
    {
        var order = AssignmentOrder.For([Item(1, taken: 2), Item(2, taken: 0), Item(3, taken: 1)], NoBlock, new Random(1));

        Assert.Equal([2, 3, 1], order.Select(item => item.ComparisonId));
    }

    [Fact]
    public void For_Equals_EachIsFirstEquallyOften()
    {
        var items = Enumerable.Range(0, 4).Select(i => Item(i)).ToList();
        var random = new Random(20);

        var first = Enumerable.Range(0, 4_000).Select(_ => AssignmentOrder.For(items, NoBlock, random)[0].ComparisonId).CountBy(id => id);

        // 1,000 expected each, standard deviation 27
        Assert.All(first, count => Assert.InRange(count.Value, 890, 1_110));
        Assert.Equal(4, first.Count());
    }

    [Fact]
    public void For_SameSeed_SameOrder()
    {
        var items = Enumerable.Range(0, 50).Select(i => Item(i)).ToList();

        Assert.Equal(AssignmentOrder.For(items, NoBlock, new Random(7)), AssignmentOrder.For(items, NoBlock, new Random(7)));
        Assert.NotEqual(AssignmentOrder.For(items, NoBlock, new Random(7)), AssignmentOrder.For(items, NoBlock, new Random(8)));
    }

    [Fact]
    public void For_RaterInSecondBlock_WhatTheFirstGotBackComesLast()
    {
        EnteredBlock[] entered = [Entered(1, lastPosition: 4), Entered(2, lastPosition: 5)];

        var order = AssignmentOrder.For([Item(1, block: 1), Item(2, block: 2), Item(3, block: 3)], entered, new Random(1));

        Assert.Equal([2, 3, 1], order.Select(item => item.ComparisonId));
    }

    [Fact]
    public void For_RaterSawPrompts_NeverGoesBackToABlockThatHidesThem()
    {
        EnteredBlock[] entered = [Entered(1, lastPosition: 4), Entered(2, lastPosition: 5, promptVisible: true)];

        var order = AssignmentOrder.For([Item(1, block: 1), Item(2, block: 2, promptVisible: true)], entered, new Random(1));

        Assert.Equal([2], order.Select(item => item.ComparisonId));
    }

    private static OpenItem Item(long id, int block = 1, int taken = 0, bool promptVisible = false) => new()
    {
        ComparisonId = id,
        Axis = block == 1 ? Axis.Flaws : Axis.Appeal,
        Block = block,
        PromptVisible = promptVisible,
        Taken = taken,
    };

    private static EnteredBlock Entered(int block, int lastPosition, bool promptVisible = false) =>
        new() { Block = block, LastPosition = lastPosition, PromptVisible = promptVisible };
}
