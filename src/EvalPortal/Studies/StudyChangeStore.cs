using System.Data.Common;
using Dapper;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Audit;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Plans;

namespace PixelPost.EvalPortal.Studies;

/// <summary>Changes studies that have not started: words and numbers, but not what is judged.</summary>
public sealed class StudyChangeStore(Db db, TimeProvider clock, StudyStore studies, PlanStore plans)
{
    /// <summary>Sets a draft as it is in the form; systems, questions that are asked and language stay.</summary>
    /// <param name="study">The study as it was read.</param>
    /// <param name="draft">The form, made from the study and changed.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <exception cref="RefusedException">It has faults, the study has started or has a locked plan, or there is a study of this name.</exception>
    public async Task ChangeAsync(Study study, StudyDraft draft, CancellationToken cancel = default)
    {
        const string Change = """
            UPDATE study
            SET name = @Name, votes_per_comparison = @VotesPerComparison, answers_per_rater = @AnswersPerRater, top_up = @TopUp,
                consent = @Consent, instructions = @Instructions
            WHERE study_id = @StudyId AND state = 'draft'
            """;
        const string ChangeAxis = """
            UPDATE study_axis SET question = @Question, prompt_visible = @PromptVisible, flaw_strip = @FlawStrip
            WHERE study_id = @StudyId AND axis = @Axis
            """;
        const string ChangeTasks = "UPDATE task SET wanted = @VotesPerComparison WHERE study_id = @StudyId";
        var faults = draft.FaultsBesideSystems().Prepend(string.IsNullOrWhiteSpace(draft.Name) ? "Give the study a name." : "");
        if (string.Join(' ', faults.Where(fault => fault.Length > 0)) is { Length: > 0 } all)
            throw new RefusedException(all);
        var plan = await plans.ListAsync(study.StudyId, cancel);
        if (plan.Any(version => version.LockedAt is not null))
            throw new RefusedException("The study's analysis plan is locked, and what it was locked for cannot change. Make another study.");
        var row = new
        {
            study.StudyId,
            Name = draft.Name.Trim(),
            draft.VotesPerComparison,
            draft.AnswersPerRater,
            TopUp = (draft.TopsUpClose && draft.Form == StudyForm.Pairs ? TopUp.Close : TopUp.Off).ToText(),
            Consent = draft.Consent.Trim(),
            Instructions = draft.Instructions.Trim(),
        };
        await using var connection = await db.OpenAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        try
        {
            if (await connection.ExecuteAsync(Change, row, transaction) == 0)
                throw new RefusedException("The study has started: what raters were asked under cannot change. Make another study.");
            await connection.ExecuteAsync(
                ChangeAxis,
                draft.Axes.Where(axis => axis.Asked).Select(axis => axis.ToAxis()).Select(axis => new { study.StudyId, Axis = axis.Axis.ToText(), axis.Question, axis.PromptVisible, axis.FlawStrip }),
                transaction);
            await connection.ExecuteAsync(ChangeTasks, row, transaction);
            await AuditLog.RecordAsync(transaction, clock, new Change(StudyScope.Study(study.StudyId), "changed")
            {
                Before = new { study.Name, study.VotesPerComparison, study.AnswersPerRater, Questions = study.Axes.Select(axis => axis.Question) },
                After = new { row.Name, row.VotesPerComparison, row.AnswersPerRater, Questions = draft.Axes.Where(axis => axis.Asked).Select(axis => axis.ToAxis().Question) },
            });
            await transaction.CommitAsync(cancel);
        }
        catch (DbException exception) when (Db.IsDuplicate(exception))
        {
            throw new RefusedException($"There is a study called '{row.Name}' already: choose another name.", exception);
        }
        if (plan is [var written]) // it names the study and its votes
            await plans.SaveAsync((await studies.FindAsync(study.StudyId, cancel))!, written.Plan, cancel);
    }
}
