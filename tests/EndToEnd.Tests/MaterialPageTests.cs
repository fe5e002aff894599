using Microsoft.Playwright;
using NetVips;

namespace PixelPost.EndToEnd.Tests;

/// <summary>From a folder of images on a researcher's computer to a study of them.</summary>
[Collection(Chromium.Collection)]
public sealed class MaterialPageTests(Chromium chromium)
{
    [SkippableFact]
    public async Task Images_FromAFolderInTheBrowser_MakeANewStudy()
    {
        Chromium.SkipWhereMissing();
        var folder = Directory.CreateTempSubdirectory("pixelpost-material-");
        await using var portal = await PortalProcess.StartAsync(prepare: null, "--demo", "false");
        await using var researcher = await chromium.VisitAsync(portal);
        await researcher.BecomeAdminAsync(portal);
        var page = researcher.Page;
        try
        {
            Fill(folder.FullName);
            await page.OpenAsync("/systems/import");
            await page.SetFieldAsync("Name of the new prompt set", "Animals");
            await page.AssertLooksRightAsync("import-new", dark: true);
            await page.ClickButtonAsync("Choose images");
            await page.GetByRole(AriaRole.Button, new() { Name = "Choose a folder" }).WaitForAsync();
            await page.WaitForCircuitAsync();
            await page.AssertLooksRightAsync("import-upload", dark: true);

            await page.Locator("[data-part=folder-input]").SetInputFilesAsync(folder.FullName);
            await page.GetByText("4 new images for 2 systems, 0 there already, 1 left out.").WaitForAsync();
            await page.AssertLooksRightAsync("import-checked", dark: true);
            await page.ClickButtonAsync("Take 4 images");
            var study = page.GetByRole(AriaRole.Link, new() { Name = "New study of" });
            await study.WaitForAsync();
            await page.AssertLooksRightAsync("import-taken", dark: false);
            await study.ClickAsync();
            await page.GetByText("2 comparisons").First.WaitForAsync();

            await page.GotoAsync("/systems");
            await page.AssertLooksRightAsync("systems", dark: true);
            await page.OpenAsync("/prompts");
            await page.AssertLooksRightAsync("prompts", dark: true);
            researcher.AssertNothingWentWrong();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Two systems of unequal size, a file that is no image, and a manifest.</summary>
    private static void Fill(string folder)
    {
        File.WriteAllText(
            Path.Combine(folder, "manifest.csv"),
            "file,prompt,category\nold/1.png,a red fox asleep in the snow,animals\nold/2.png,\"a hen, a cow and a pig\",animals\nnew/1.png,a red fox asleep in the snow,animals\nnew/2.png,\"a hen, a cow and a pig\",animals\nnew/3.png,an owl,animals\n");
        foreach (var (system, size) in new[] { ("old", 64), ("new", 96) })
        {
            Directory.CreateDirectory(Path.Combine(folder, system));
            for (var i = 1; i <= 2; i++)
            {
                using var image = (Image.Black(size, size, bands: 3) + (40 * i)).Cast(Enums.BandFormat.Uchar).Copy(interpretation: Enums.Interpretation.Srgb);
                image.WriteToFile(Path.Combine(folder, system, $"{i}.png"));
            }
        }
        File.WriteAllText(Path.Combine(folder, "new", "3.png"), "no image");
    }
}
