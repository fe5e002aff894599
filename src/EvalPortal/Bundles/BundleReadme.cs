using PixelPost.EvalPortal.Bundles.Tables;

namespace PixelPost.EvalPortal.Bundles;

/// <summary>What a bundle says of itself to whoever opens it. It is the same whenever it is made.</summary>
internal static class BundleReadme
{
    public static string Text(string title, PreparedBundle bundle) => $"""
        {title}

        A study bundle of PixelPost: everything that a human evaluation of images was made of and led to, in one zip. Unpack it and open
        index.html: no server and no network are needed.

        index.html            The report, with links to every item, its images, votes and flaws (items/).
        study.json            How the {(bundle.Studies.Count == 1 ? "study is" : "studies are")} set up: questions, votes that are wanted, texts, guidelines with their examples, checks,
                              the analysis plan with its lock and amendments, top-up rule.
        prompts.csv           The prompts. questions.csv, question_parents.csv: what was asked about images, where it was.
        systems.csv           What was compared, and images.csv, the images; files are images/SHA256.png.
        comparisons.csv       What was judged; comparison_images.csv, gold.csv and tasks.csv go with it.
        raters.csv            Who judged, by made-up names; sessions.csv, completions.csv, withdrawals.csv.
        shown.csv             What was shown to whom, on which side; shown_images.csv.
        votes.csv             Every vote, those that were taken back (retractions.csv) or changed too; "counts" says which count.
        answers.csv           What the votes say of questions, picks.csv of best and worst, flaws.csv where the worst flaw is.
        exclusions.csv        Whose votes are left out, why and when. The votes stay where they are.
        training.csv          What raters were trained with; training_answers.csv.
        erased_votes.csv      The ids of votes that were erased because their rater withdrew. Nothing else is left of them.
        ledger.csv            What browsers say of the votes they sent; refusals.csv, what was refused.
        imported_votes.csv    Which votes were given elsewhere; image_references.csv.
        reference.json        Every number of the results and of the report.
        manifest.json         What is in the bundle, with the SHA-256 of every file, what stands in the columns, when and by what it was made.
        manifest.sig          The signature of manifest.json, with the public key of the portal that made it and its fingerprint.

        Rows are numbered anew in each bundle; a column such as "item" holds the number of a row of another table. Times are UTC.
        CSV is RFC 4180, UTF-8.

        To check it and to compute every number again:     EvalPortal report BUNDLE.zip
        To make {(bundle.Studies.Count == 1 ? "the study" : "the studies")} again in a portal:             EvalPortal import bundle BUNDLE.zip

        Raters are here by made-up names, and with the time and the screen of each vote{(bundle.LeftOut.HasFlag(LeftOut.UserAgents) ? "" : " and the family of their browser")}. There is no name, address, id of a
        panel or network address in it, of raters or of researchers.{(bundle.LeftOut.HasFlag(LeftOut.Reasons) ? " Why raters were excluded was left out." : " What researchers wrote is in it as they wrote it: reasons\n        for exclusions and amendments, explanations of examples, instructions.")}

        """.ReplaceLineEndings("\n");
}
