using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using PixelPost.Tests.Shared;

namespace PixelPost.Benchmarks.Portal;

/// <summary>Signs in to a portal that has no admin yet.</summary>
internal static partial class FirstAdmin
{
    /// <summary>Opens the link that the portal printed and fills in the form.</summary>
    /// <returns>The cookies of who is signed in now.</returns>
    public static async Task<CookieContainer> BecomeAsync(PortalProcess portal)
    {
        var cookies = new CookieContainer();
        using var client = new HttpClient(new HttpClientHandler { CookieContainer = cookies }) { BaseAddress = portal.Address };
        var link = new Uri(portal.FirstAdminLink).PathAndQuery;
        var page = await client.GetStringAsync(link);
        var fields = Hidden().Matches(page).ToDictionary(field => field.Groups["name"].Value, field => WebUtility.HtmlDecode(field.Groups["value"].Value));
        foreach (var (name, value) in ((string, string)[])[("Form.Email", "ada@example.org"), ("Form.DisplayName", "Ada"), ("Form.Password", "correct horse battery")])
            fields[name] = value;
        using var answer = await client.PostAsync(link, new FormUrlEncodedContent(fields));
        answer.EnsureSuccessStatusCode();
        return cookies;
    }

    /// <summary>A browser of somebody who is signed in.</summary>
    public static async Task<IBrowserContext> BrowseAsync(IBrowser chromium, PortalProcess portal, CookieContainer cookies)
    {
        var context = await chromium.NewContextAsync(new() { BaseURL = portal.Address.ToString() });
        await context.AddCookiesAsync(cookies.GetCookies(portal.Address)
            .Select(cookie => new Microsoft.Playwright.Cookie { Name = cookie.Name, Value = cookie.Value, Url = portal.Address.ToString() }));
        return context;
    }

    [GeneratedRegex("<input type=\"hidden\" name=\"(?<name>[^\"]+)\" value=\"(?<value>[^\"]*)\"")]
    private static partial Regex Hidden();
}
