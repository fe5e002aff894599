using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace PixelPost.EndToEnd.Tests;

/// <summary>What a researcher does, by clicking.</summary>
internal static class Researcher
{
    public const string Email = "rosalind@example.org";
    public const string Password = "correct horse battery";

    /// <summary>Opens the link that the portal prints and becomes its first admin.</summary>
    public static async Task BecomeAdminAsync(this Visitor visitor, PortalProcess portal)
    {
        var page = visitor.Page;
        await page.GotoAsync(portal.FirstAdminLink);
        await page.GetByLabel("E-mail address").FillAsync(Email);
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("Rosalind Franklin");
        await page.GetByLabel("Password").FillAsync(Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Make account" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Studies" }).WaitForAsync();
    }

    /// <summary>Opens a page and waits until its circuit answers.</summary>
    /// <param name="within">A part of the page with something to click; pages that only show have it in their header.</param>
    public static async Task OpenAsync(this IPage page, string path, string within = "main")
    {
        await page.GotoAsync(path);
        await page.WaitForCircuitAsync(within);
    }

    /// <summary>Waits until something on the page has a handler: what is clicked or typed before that is lost.</summary>
    public static Task WaitForCircuitAsync(this IPage page, string within = "main") => page.WaitForFunctionAsync(
        "within => [...document.querySelectorAll(`${within} *`)].some(element => Object.keys(element).some(key => key.startsWith('_blazorEvents_')))",
        within);

    /// <summary>Clicks a button that is there once, by what stands on it.</summary>
    public static Task ClickButtonAsync(this IPage page, string name) =>
        page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true }).ClickAsync();

    /// <summary>
    /// Fills in a field by its label and leaves it as people do, for the next one. Left for nothing, as a script can, MudBlazor tells the server
    /// by a way of its own, which a click that follows may overtake.
    /// </summary>
    public static async Task SetFieldAsync(this IPage page, string label, string text)
    {
        var field = page.GetByLabel(label, new() { Exact = true });
        await field.FillAsync(text);
        await field.PressAsync("Tab");
    }

    /// <summary>Chooses a file, once the field listens: it does so a moment after it is there, and a file chosen before that is lost.</summary>
    public static async Task ChooseAsync(this ILocator field, FilePayload file)
    {
        var element = await field.ElementHandleAsync();
        await field.Page.WaitForFunctionAsync("field => field._blazorInputFileNextFileId !== undefined", element);
        await field.SetInputFilesAsync(file);
    }

    /// <summary>
    /// Chooses from a list, by the label of its field, and waits until the field shows it: MudBlazor closes the list, asks the browser something,
    /// and takes the choice after that.
    /// </summary>
    public static async Task SelectAsync(this IPage page, string label, string option)
    {
        var field = page.Locator("div.mud-select.mud-input-control").Filter(new() { Has = page.GetByText(label, new() { Exact = true }) });
        await field.ClickAsync();
        await page.Locator(".mud-popover-open .mud-list-item").Filter(new() { HasText = option }).First.ClickAsync();
        await page.Locator(".mud-popover-open").WaitForAsync(new() { State = WaitForSelectorState.Detached });
        await page.WaitForFunctionAsync(
            "([field, option]) => field.innerText.includes(option) || [...field.querySelectorAll('input')].some(input => input.value.includes(option))",
            new object[] { await field.ElementHandleAsync(), option });
    }

    /// <summary>Copies the link for raters from the page of a study.</summary>
    public static async Task<string> CopyRaterLinkAsync(this IPage page)
    {
        await page.ClickButtonAsync("Copy link");
        await page.GetByText("Copied.").WaitForAsync();
        return await page.EvaluateAsync<string>("() => navigator.clipboard.readText()");
    }

    /// <summary>The id at the end of the address that a page moves on to, such as <c>/jobs/3</c>.</summary>
    public static async Task<long> WaitForIdAsync(this IPage page, string folder)
    {
        var address = new Regex($"/{folder}/(\\d+)$");
        await page.WaitForURLAsync(address);
        return long.Parse(address.Match(page.Url).Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
    }
}
