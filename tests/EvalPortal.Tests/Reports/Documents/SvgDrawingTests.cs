using PixelPost.EvalPortal.Reports.Pdf;

namespace PixelPost.EvalPortal.Tests.Reports.Documents;

public sealed class SvgDrawingTests
{
    private const string Start = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 200 100\">";

    /// <summary>On a page 100 high whose upper left corner is (0, 100) in PDF: y is turned round.</summary>
    [Theory]
    [InlineData("<rect x='10' y='20' width='30' height='40' fill='#ff0000'/>", "1 0 0 rg\n10 80 m\n40 80 l\n40 40 l\n10 40 l\nh\nf")]
    [InlineData("<g transform='translate(10 20) scale(2)'><rect width='5' height='5'/></g>", "0 0 0 rg\n10 80 m\n20 80 l\n20 70 l\n10 70 l\nh\nf")]
    [InlineData("<g transform='rotate(90)'><line x1='0' y1='0' x2='10' y2='0' stroke='#00f'/></g>", "0 0 1 RG\n1 w\n0 100 m\n0 90 l\nS")]
    [InlineData("<svg x='50%' y='10'><line x2='100%' y2='0' stroke='currentColor' stroke-width='3'/></svg>", "0 0 0 RG\n3 w\n100 90 m\n300 90 l\nS")]
    [InlineData("<polygon points='0,0 10,0 10,10' fill='none' stroke='#000'/>", "1 w\n0 100 m\n10 100 l\n10 90 l\nh\nS")]
    [InlineData("<path d='M10 10h5v5l-5 0z' fill='#000'/>", "10 90 m\n15 90 l\n15 85 l\n10 85 l\nh\nf")]
    [InlineData("<path d='m0 0c0 10 10 10 10 0s10-10 10 0' fill='none' stroke='#000'/>", "0 100 m\n0 90 10 90 10 100 c\n10 110 20 110 20 100 c\nS")]
    [InlineData("<path d='M0 0Q15 0 15 15' fill='none' stroke='#000'/>", "0 100 m\n10 100 15 95 15 85 c\nS")]
    [InlineData("<rect width='10' height='10' fill='url(#hatch)' fill-opacity='0.5'/>", "/o50 gs 0.85 0.85 0.85 rg")]
    public void Draw_Shape_IsWhereItBelongs(string svg, string expected)
    {
        var page = new PdfPage(200, 100);

        SvgDrawing.Draw(page, Start + svg + "</svg>", 0, 0, 1);

        Assert.Contains(expected, page.Content, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<path d='M'/>")]
    [InlineData("<path d='M0 0 L5'/>")]
    [InlineData("<filter/><image href='http://example.org'/><script>1</script><title>t</title>")]
    public void Draw_WhatItDoesNotKnow_IsLeftOut(string svg)
    {
        var page = new PdfPage(200, 100);

        SvgDrawing.Draw(page, Start + svg + "</svg>", 0, 0, 1);

        Assert.DoesNotContain("Tj", page.Content, StringComparison.Ordinal);
        Assert.DoesNotContain(" l\n", page.Content, StringComparison.Ordinal);
    }

    [Fact]
    public void Draw_TextAnchoredAtItsEnd_EndsThere()
    {
        var (start, end) = (new PdfPage(200, 100), new PdfPage(200, 100));
        var width = PdfTypeface.Regular.Width("n = 60", 12);

        SvgDrawing.Draw(start, $"{Start}<text x='0' y='50' font-size='12'>n = 60</text></svg>", 100 - width, 0, 1);
        SvgDrawing.Draw(end, $"{Start}<text x='100' y='50' font-size='12' text-anchor='end'>n = 60</text></svg>", 0, 0, 1);

        Assert.InRange(width, 30, 45);
        Assert.Equal(start.Content, end.Content);
    }
}
