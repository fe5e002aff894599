using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Assignment;
using PixelPost.EvalPortal.Audit;
using PixelPost.EvalPortal.Bundles;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Checks;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Demo;
using PixelPost.EvalPortal.Exports;
using PixelPost.EvalPortal.Flaws;
using PixelPost.EvalPortal.Exports.Layouts;
using PixelPost.EvalPortal.Guidelines;
using PixelPost.EvalPortal.Images;
using PixelPost.EvalPortal.Items;
using PixelPost.EvalPortal.Library;
using PixelPost.EvalPortal.Material;
using PixelPost.EvalPortal.Participants;
using PixelPost.EvalPortal.Plans;
using PixelPost.EvalPortal.Presets;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.RaterPreview;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Rounds;
using PixelPost.EvalPortal.Simulation;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Systems;
using PixelPost.EvalPortal.VoteImports;

namespace PixelPost.EvalPortal;

/// <summary>What every verb may use.</summary>
public static class PortalServices
{
    /// <summary>Registers options, database and stores, one of each: a store opens and closes a connection per call.</summary>
    public static IServiceCollection AddPortal(this IServiceCollection services, PortalOptions options)
    {
        var data = new DataFolder(options.Data);
        services.AddSingleton(options);
        services.AddSingleton(data);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(_ => options.Database.Kind == DatabaseKind.Sqlite
            ? Db.Sqlite(data.Database)
            : Db.Postgres(options.Database.Connection!));
        services.AddSingleton<DbWriter>();
        services.AddSingleton<SettingStore>();
        services.AddSingleton<AccountStore>();
        services.AddSingleton<InvitationStore>();
        services.AddSingleton<SignInStore>();
        services.AddSingleton<SignInFailureStore>();
        services.AddSingleton<StudyAccess>();
        services.AddSingleton<StudyMemberStore>();
        services.AddSingleton<AuditStore>();
        services.AddSingleton<DownloadAudit>();
        services.AddSingleton<PromptSetStore>();
        services.AddSingleton<QuestionSetStore>();
        services.AddSingleton<ModelStore>();
        services.AddSingleton<SystemStore>();
        services.AddSingleton<ImageFiles>();
        services.AddSingleton<ImageStore>();
        services.AddMaterial();
        services.AddSingleton<StudyStore>();
        services.AddSingleton<ComparisonStore>();
        services.AddSingleton<StudyChecksStore>();
        services.AddSingleton<StudyItems>();
        services.AddSingleton<StudyGroupStore>();
        services.AddSingleton<StudyMaterialStore>();
        services.AddSingleton<PlanStore>();
        services.AddSingleton<PilotStore>();
        services.AddSingleton<PreviewRuns>();
        services.AddSingleton<DraftCheck>();
        services.AddSingleton<RaterStore>();
        services.AddSingleton<KnownPlaces>();
        services.AddSingleton<AssignmentStore>();
        services.AddSingleton<VoteStore>();
        services.AddSingleton<SheetStore>();
        services.AddSingleton<LossLedgerStore>();
        services.AddSingleton<VoteFlawStore>();
        services.AddSingleton<OwnAnswerStore>();
        services.AddSingleton<OwnSheetStore>();
        services.AddSingleton<WithdrawalStore>();
        services.AddSingleton(_ => ParticipantKey.OfFile(data.ParticipantKey));
        services.AddSingleton<StudyEntryStore>();
        services.AddSingleton<ParticipantStore>();
        services.AddSingleton<RaterInvitationStore>();
        services.AddSingleton<CompletionStore>();
        services.AddSingleton<GuidelineStore>();
        services.AddSingleton<TrainingStore>();
        services.AddSingleton<TrainingRecordStore>();
        services.AddSingleton<PreferenceSetStore>();
        services.AddSingleton<ExclusionStore>();
        services.AddSingleton<RaterAnswerStore>();
        services.AddSingleton<FormAnswerStore>();
        services.AddSingleton<ResultsStore>();
        services.AddSingleton<ProgressStore>();
        services.AddSingleton<RecordedVoteStore>();
        services.AddSingleton<RecordedAnswerStore>();
        services.AddSingleton<RecordedPickStore>();
        services.AddSingleton<FlawStore>();
        services.AddSingleton<ItemStore>();
        services.AddSingleton<FormCountStore>();
        services.AddSingleton<ExportedImageStore>();
        services.AddSingleton<StudyExport>();
        services.AddSingleton<LayoutExport>();
        services.AddVoteImport();
        services.AddBundles();
        services.AddSingleton<SimulationRunner>();
        services.AddLoop();
        services.AddSingleton(ShippedData.OfProgram);
        services.AddSingleton<DemoLoader>();
        return services;
    }
}
