namespace PixelPost.EvalPortal.Reports;

/// <summary>A source to cite.</summary>
/// <param name="Key">As it is cited in the text: author and year.</param>
/// <param name="Text">As it stands in the list of references.</param>
public sealed record Reference(string Key, string Text)
{
    internal static readonly Reference Wilson = new("Wilson 1927",
        "Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference. Journal of the American Statistical Association 22, 209–212.");

    internal static readonly Reference DixonMood = new("Dixon and Mood 1946",
        "Dixon, W. J. and Mood, A. M. (1946). The statistical sign test. Journal of the American Statistical Association 41, 557–566.");

    internal static readonly Reference Holm = new("Holm 1979",
        "Holm, S. (1979). A simple sequentially rejective multiple test procedure. Scandinavian Journal of Statistics 6, 65–70.");

    internal static readonly Reference BradleyTerry = new("Bradley and Terry 1952",
        "Bradley, R. A. and Terry, M. E. (1952). Rank analysis of incomplete block designs: I. The method of paired comparisons. Biometrika 39, 324–345.");

    internal static readonly Reference Davidson = new("Davidson 1970",
        "Davidson, R. R. (1970). On extending the Bradley-Terry model to accommodate ties in paired comparison experiments. Journal of the American Statistical Association 65, 317–328.");

    internal static readonly Reference DawidSkene = new("Dawid and Skene 1979",
        "Dawid, A. P. and Skene, A. M. (1979). Maximum likelihood estimation of observer error-rates using the EM algorithm. Applied Statistics 28, 20–28.");

    internal static readonly Reference Schuirmann = new("Schuirmann 1987",
        "Schuirmann, D. J. (1987). A comparison of the two one-sided tests procedure and the power approach for assessing the equivalence of average bioavailability. Journal of Pharmacokinetics and Biopharmaceutics 15, 657–680.");

    internal static readonly Reference GoldsteinSpiegelhalter = new("Goldstein and Spiegelhalter 1996",
        "Goldstein, H. and Spiegelhalter, D. J. (1996). League tables and their limitations: statistical issues in comparisons of institutional performance. Journal of the Royal Statistical Society A 159, 385–443.");

    internal static readonly Reference LiangZeger = new("Liang and Zeger 1986",
        "Liang, K.-Y. and Zeger, S. L. (1986). Longitudinal data analysis using generalized linear models. Biometrika 73, 13–22.");

    internal static readonly Reference Efron = new("Efron 1987",
        "Efron, B. (1987). Better bootstrap confidence intervals. Journal of the American Statistical Association 82, 171–185.");

    internal static readonly Reference EfronTibshirani = new("Efron and Tibshirani 1993",
        "Efron, B. and Tibshirani, R. J. (1993). An Introduction to the Bootstrap. Chapman & Hall.");

    internal static readonly Reference Tango = new("Tango 1998",
        "Tango, T. (1998). Equivalence test and confidence interval for the difference in proportions for the paired-sample design. Statistics in Medicine 17, 891–908.");

    internal static readonly Reference Gwet = new("Gwet 2008",
        "Gwet, K. L. (2008). Computing inter-rater reliability and its variance in the presence of high agreement. British Journal of Mathematical and Statistical Psychology 61, 29–48.");

    internal static readonly Reference CameronGelbachMiller = new("Cameron, Gelbach and Miller 2011",
        "Cameron, A. C., Gelbach, J. B. and Miller, D. L. (2011). Robust inference with multiway clustering. Journal of Business & Economic Statistics 29, 238–249.");

    internal static readonly Reference Krippendorff = new("Krippendorff 2011",
        "Krippendorff, K. (2011). Computing Krippendorff's alpha-reliability. University of Pennsylvania, Annenberg School for Communication.");
}
