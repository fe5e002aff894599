using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Reports.Reading;

namespace PixelPost.EvalPortal.Reports.Output;

/// <summary>The report as tables for a terminal.</summary>
internal static class TextReport
{
    private const string Indent = "  ";
    private const int Width = 100;
    private const int MostLeftOut = 10;
    private const int MostFlagged = 10;

    public static void Write(VoteReport report, TextWriter writer)
    {
        writer.WriteLine(ReportWords.Headline(report));
        foreach (var note in ReportWords.Notes(report))
            Wrap(writer, note);
        foreach (var axis in report.Axes)
            WriteAxis(report, axis, writer);
        WriteFile(report.File, writer);
        Heading(writer, "How it was computed");
        foreach (var (about, says) in report.Methods.Conventions)
            Wrap(writer, $"{about}. {says}");
        Heading(writer, "For a paper");
        Wrap(writer, report.Methods.Text);
        foreach (var reference in report.Methods.References)
            Wrap(writer, $"- {reference.Text}");
    }

    private static void WriteAxis(VoteReport report, AxisResult axis, TextWriter writer)
    {
        Heading(writer, $"{axis.Axis}: {ReportWords.Clusters(axis.HeadToHead?.Clusters ?? axis.Clusters)}");
        if (axis.Ranking is { } ranking)
        {
            WriteRanking(ranking, writer);
            WriteSystems(axis, writer);
        }
        if (axis.HeadToHead is { } pair)
            WritePair(report.Pair!, pair, ReportWords.Family(report, axis), writer);
        var agreement = new TextTable("lrl");
        foreach (var line in FigureLines.Of(axis.HeadToHead?.Agreement ?? axis.Agreement).Append(FigureLines.LeftPreference(axis.LeftPreference)))
            agreement.Add(line.Name, line.Value, line.How);
        writer.WriteLine();
        agreement.Write(writer, Indent);
        WriteRaters(axis.Raters, writer);
        foreach (var note in ReportWords.Notes(report, axis))
            Wrap(writer, note);
    }

    private static void WriteRaters(RatersResult result, TextWriter writer)
    {
        writer.WriteLine();
        if (result.Raters is not { } raters)
        {
            Wrap(writer, $"Raters: {result.Reason}");
            return;
        }
        Wrap(writer, RaterWords.Summary(raters));
        var flagged = raters.Where(rater => rater.Flags.Count > 0).ToList();
        foreach (var rater in flagged.Take(MostFlagged))
            Wrap(writer, $"- {rater.Rater}: {string.Join(' ', rater.Flags)}");
        if (flagged.Count > MostFlagged)
            Wrap(writer, $"- {ReportWords.Number(flagged.Count - MostFlagged)} more, all in the JSON");
        if (result.Consensus is { } consensus && RaterWords.Consensus(consensus) is var (name, value, how))
            Wrap(writer, $"{name}: {value} ({how}).");
    }

    private static void WriteRanking(RankingResult ranking, TextWriter writer)
    {
        if (ranking.Systems is null)
        {
            Wrap(writer, $"There is no ranking: {ranking.Reason}");
            writer.WriteLine();
            return;
        }
        var table = new TextTable("rrlrrr");
        table.Add("rank", "95 % of ranks", "system", "log strength", "rating", "best of all");
        foreach (var system in ranking.Systems)
        {
            table.Add(
                ReportWords.Number(system.Rank), RankingWords.Ranks(system), system.System, RankingWords.Strength(system),
                RankingWords.Rating(system), RankingWords.Best(system));
        }
        table.Write(writer, Indent);
        Wrap(writer, RankingWords.How(ranking));
        writer.WriteLine();
    }

    private static void WriteSystems(AxisResult axis, TextWriter writer)
    {
        var table = new TextTable("lrrrrrrl");
        table.Add("system", "votes", "wins", "ties", "losses", "rejected", "win rate", "net win rate, %");
        foreach (var system in axis.Systems.OrderByDescending(system => system.WinRate))
        {
            var net = FigureLines.Clustered("", system.NetWinRate);
            table.Add(
                system.System, ReportWords.Number(system.Votes.Total), ReportWords.Number(system.Votes.A), ReportWords.Number(system.Votes.Tie),
                ReportWords.Number(system.Votes.B), ReportWords.Number(system.Votes.Reject),
                system.WinRate is { } rate ? Figures.Percent(rate) : Figures.None, system.NetWinRate.Estimate.Reason is { } reason ? $"{net.Value}  {reason}" : net.Value);
        }
        table.Write(writer, Indent);
    }

    private static void WritePair(SystemPair systems, HeadToHead pair, int family, TextWriter writer)
    {
        var outcomes = new TextTable("lrlr");
        outcomes.Add("", "comparisons", "share [95 %]", "votes");
        foreach (var row in OutcomeRow.Of(pair, systems))
            outcomes.Add(row.Words, ReportWords.Number(row.Decisions), row.Share, row.Votes is { } votes ? ReportWords.Number(votes) : "");
        outcomes.Write(writer, Indent);
        var figures = new TextTable("lrl");
        foreach (var line in FigureLines.Of(pair, family))
            figures.Add(line.Name, line.Value, line.How);
        writer.WriteLine();
        figures.Write(writer, Indent);
    }

    private static void WriteFile(FileFacts file, TextWriter writer)
    {
        Heading(writer, $"How {file.Name} was read: as {file.Format}");
        var mapping = new TextTable("ll");
        foreach (var (what, from) in file.Mapping)
            mapping.Add(what, from);
        mapping.Write(writer, Indent);
        WriteLeftOut("Rows that cannot be used", file.Unusable, file.Rows, writer);
        WriteLeftOut("Rows left out", file.Excluded, file.Rows, writer);
    }

    private static void WriteLeftOut(string title, IReadOnlyList<RowsLeftOut> reasons, int rows, TextWriter writer)
    {
        if (reasons.Count == 0)
            return;
        Heading(writer, $"{title}: {ReportWords.Number(reasons.Sum(reason => reason.Count))} of {ReportWords.Number(rows)}");
        foreach (var reason in reasons)
            Wrap(writer, $"{ReportWords.Number(reason.Count)}: {reason.Reason}. {ReportWords.Lines(reason, MostLeftOut)}");
    }

    private static void Heading(TextWriter writer, string text)
    {
        writer.WriteLine();
        writer.WriteLine(text);
    }

    /// <summary>Writes text in lines of at most 100 characters, unless a word is longer.</summary>
    internal static void Wrap(TextWriter writer, string text)
    {
        var line = Indent;
        foreach (var word in text.Split(' '))
        {
            if (line.Length + word.Length > Width && line.Trim().Length > 0)
            {
                writer.WriteLine(line.TrimEnd());
                line = Indent;
            }
            line += word + " ";
        }
        writer.WriteLine(line.TrimEnd());
    }
}
