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
    public void Leans_RaterOutOfBalance_FirstComparisonsThatNeedTheSameSide(int raterTilt, bool rightedByB)
    {
        var leans = AssignmentOrder.Leans(raterTilt, new Random(1));

        Assert.Equal([Math.Sign(raterTilt), 0, -Math.Sign(raterTilt)], leans);
        Assert.Equal(rightedByB, AssignmentOrder.LeftIsB(leans[0], raterTilt, new Random(1)));
        Assert.Equal(rightedByB, AssignmentOrder.LeftIsB(leans[1], raterTilt, new Random(1)));
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
        Assert.InRange(draws.Count(_ => AssignmentOrder.Leans(0, random)[0] == 1), 1_870, 2_130);
    }

    private static Block Block(int position, bool promptVisible = false) => new() { Position = position, PromptVisible = promptVisible };

    private static EnteredBlock Entered(int block, int lastPosition, bool promptVisible = false) =>
        new() { Block = block, LastPosition = lastPosition, PromptVisible = promptVisible };
}
