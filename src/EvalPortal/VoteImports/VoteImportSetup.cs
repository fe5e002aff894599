namespace PixelPost.EvalPortal.VoteImports;

/// <summary>Registers how votes that were given elsewhere come in.</summary>
public static class VoteImportSetup
{
    public static IServiceCollection AddVoteImport(this IServiceCollection services) => services
        .AddSingleton<VoteImportStore>()
        .AddSingleton<VoteCheck>()
        .AddSingleton<VoteTake>();
}
