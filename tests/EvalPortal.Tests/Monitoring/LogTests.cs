using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Material;
using PixelPost.EvalPortal.Monitoring;
using PixelPost.EvalPortal.Tests.Database;
using PixelPost.Tests.Shared;

namespace PixelPost.EvalPortal.Tests.Monitoring;

/// <summary>The whole log of a portal that people sign in to, rate in and bring things into.</summary>
[Collection(nameof(LogTests))]
public sealed class LogTests
{
    [Fact]
    public async Task Log_AsJson_IsJsonInEachLine_WithoutAWordOfAnybody()
    {
        const string Email = "augusta.king@lovelace.example";
        const string Password = "bernoulli numbers by engine";
        const string Name = "Augusta King";
        const string PanelId = "5f0c0ffee0ddba11";
        var (before, log) = (Console.Out, new StringWriter());
        var secrets = new List<string> { Email, Password, Name, PanelId, "127.0.0.1" };
        Console.SetOut(TextWriter.Synchronized(log));
        try
        {
            var portal = new PortalServer(configure: options => options with { Log = LogFormat.Json });
            await portal.InitializeAsync();
            var services = portal.Services;
            var study = await new Seeds(services.GetRequiredService<Db>(), services.GetRequiredService<TimeProvider>()).StudyAsync("a fox", "a hen");
            secrets.Add(study.LinkToken);

            // Signing in: wrong, then right by a link, and what is changed after it.
            using var client = portal.Client();
            await client.SubmitAsync("/sign-in", new() { ["Form.Email"] = Email, ["Form.Password"] = "wrong and long enough" });
            var invitation = await services.GetRequiredService<InvitationStore>().AddAsync(Role.Admin, Email, createdByAccountId: null, TimeSpan.FromHours(1));
            secrets.Add(invitation);
            var made = await client.SubmitAsync($"/invitation/{invitation}", new() { ["Form.Email"] = Email, ["Form.DisplayName"] = Name, ["Form.Password"] = Password });
            Assert.Equal(HttpStatusCode.Redirect, made.StatusCode);
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync($"/studies/{study.StudyId}/people")).StatusCode);

            // Rating: a vote, a broken one, one that is nobody's.
            var cookies = new CookieContainer();
            using var rater = new HttpClient(new HttpClientHandler { CookieContainer = cookies }) { BaseAddress = portal.Address };
            await RaterRequests.BeginAsync(rater, study.LinkToken);
            var next = await rater.GetFromJsonAsync<JsonElement>($"/api/rate/{study.LinkToken}/next");
            var assignment = next.GetProperty("pairs")[0].GetProperty("assignmentId").GetGuid();
            var vote = $"/api/rate/{study.LinkToken}/votes/{Guid.CreateVersion7()}";
            Assert.True((await rater.PutAsync(vote, Json(RaterRequests.Vote(assignment, null, "left")))).IsSuccessStatusCode);
            await rater.PutAsync(vote, Json("{ \"broken\": "));
            await rater.PutAsync($"/api/rate/{study.LinkToken}/votes/{Guid.CreateVersion7()}", Json(RaterRequests.Vote(Guid.NewGuid(), null, "left")));
            await rater.GetAsync($"/r/{study.LinkToken}?PROLIFIC_PID={PanelId}");
            secrets.AddRange(cookies.GetAllCookies().Select(cookie => cookie.Value));

            // Bringing in: a folder that is not there, so that the portal has something to say.
            await services.GetRequiredService<ImportStore>().AddAsync(new MaterialOrder { System = "A", PromptSet = "B" }, Path.Combine(Path.GetTempPath(), "not-there"), null);
            await Task.Delay(TimeSpan.FromSeconds(3));
            await client.GetAsync($"/nonsense/{Email}");
            services.GetRequiredService<ILoggerFactory>().CreateLogger("PixelPost.Tests").LogWarning("The log is read.");
            await portal.DisposeAsync();
        }
        finally
        {
            Console.SetOut(before);
        }

        // Portals of other tests write there too, for people.
        var lines = log.ToString().Split('\n').Where(line => line.StartsWith('{')).ToList();
        Assert.Contains(lines, line => line.Contains("The log is read.", StringComparison.Ordinal));
        Assert.All(lines, line => Assert.NotNull(JsonDocument.Parse(line).RootElement.GetProperty("LogLevel").GetString()));
        foreach (var secret in secrets.Where(secret => secret.Length > 5))
            Assert.All(lines, line => Assert.DoesNotContain(secret, line, StringComparison.OrdinalIgnoreCase));
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
}
