using PixelPost.EvalPortal.Assignment;

namespace PixelPost.EvalPortal.Tests.Assignment;

public sealed class AssignmentOrderTests
{
    private static readonly Block[] Blocks = [Block(1), Block(2, promptVisible: true), Block(3)];

    [Fact]
    public void Blocks_NewRater_InTheStudysOrder() =>
        Assert.Equal([1, 2, 3], AssignmentOrder.Blocks(Blocks.Reverse(), []));

    [Fact]
    public void Blocks_RaterInSecondBlock_WhatTheFirstGotBackComesLast()
    {
        EnteredBlock[] entered = [Entered(1, lastPosition: 4), Entered(2, lastPosition: 5)];

        Assert.Equal([2, 3, 1], AssignmentOrder.Blocks(Blocks, entered));
    }

    [Fact]
    public void Blocks_RaterSawPrompts_NeverGoesBackToABlockThatHidesThem()
    {
        EnteredBlock[] entered = [Entered(1, lastPosition: 4), Entered(2, lastPosition: 5, promptVisible: true)];

        Assert.Equal([2, 3], AssignmentOrder.Blocks(Blocks, entered));
    }

    [Theory]
    [InlineData(3, false)] // had B on the left more often
    [InlineData(-3, true)]
    public void Next_RaterOutOfBalance_FirstComparisonsThatNeedTheSameSide(int raterTilt, bool rightedByB)
    {
        var against = new[] { 2, 0, -2 }.Select(tilt => Task(taken: 1, tilt * Math.Sign(raterTilt))).ToList();
        OpenTask[] tasks = [Task(taken: 2, raterTilt), .. against.AsEnumerable().Reverse()];

        var order = new List<OpenTask>();
        for (var left = tasks.ToList(); left.Count > 0; left.Remove(order[^1]))
            order.Add(AssignmentOrder.Next(left, raterTilt, new Random(1)));

        Assert.Equal([.. against, tasks[0]], order);
        Assert.Equal(rightedByB, AssignmentOrder.LeftIsB(order[0].Tilt, raterTilt, new Random(1)));
        Assert.Equal(rightedByB, AssignmentOrder.LeftIsB(order[1].Tilt, raterTilt, new Random(1)));
    }

    [Theory]
    [InlineData(1, -5, false)] // the comparison's balance goes before the rater's
    [InlineData(-1, 5, true)]
    public void LeftIsB_ComparisonOutOfBalance_IsRighted(int taskTilt, int raterTilt, bool expected) =>
        Assert.Equal(expected, AssignmentOrder.LeftIsB(taskTilt, raterTilt, new Random(1)));

    [Fact]
    public void NothingToRight_ChanceDecides()
    {
        var random = new Random(20);
        var draws = Enumerable.Range(0, 4_000).ToList();

        // 2,000 of each expected, standard deviation 32
        Assert.InRange(draws.Count(_ => AssignmentOrder.LeftIsB(0, 0, random)), 1_870, 2_130);
        OpenTask[] opposites = [Task(taken: 0, tilt: 1), Task(taken: 0, tilt: -1)], equals = [Task(taken: 0, tilt: 0), Task(taken: 0, tilt: 0) with { TaskId = 2 }];
        Assert.InRange(draws.Count(_ => AssignmentOrder.Next(opposites, 0, random) == opposites[0]), 1_870, 2_130);
        Assert.InRange(draws.Count(_ => AssignmentOrder.Next(equals, 0, random) == equals[0]), 1_870, 2_130);
    }

    private static OpenTask Task(int taken, int tilt) => new() { TaskId = 1, ComparisonId = 1, Axis = "flaws", Taken = taken, Tilt = tilt };

    private static Block Block(int position, bool promptVisible = false) => new() { Position = position, PromptVisible = promptVisible };

    private static EnteredBlock Entered(int block, int lastPosition, bool promptVisible = false) =>
        new() { Block = block, LastPosition = lastPosition, PromptVisible = promptVisible };
}
