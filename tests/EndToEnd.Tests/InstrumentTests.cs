using System.Diagnostics;
using Microsoft.Playwright;

namespace PixelPost.EndToEnd.Tests;

/// <summary>What a rater can do with a pair besides answering: look closely, flicker, choose keys, point at a flaw, take a break.</summary>
[Collection(Chromium.Collection)]
public sealed class InstrumentTests(Chromium chromium, InstrumentTests.NewPortal portal) : IClassFixture<InstrumentTests.NewPortal>
{
    private const double Pixels = 128; // of the demonstration's images, each way

    [SkippableFact]
    public async Task Zoom_ByKeysWheelAndDrag_MovesBothImagesAndIsKeptWithTheVote()
    {
        await using var rater = await BeginAsync();
        var page = rater.Page;
        var whole = await page.ImagesAsync();
        Assert.Equal(whole.Left with { X = whole.Right.X }, whole.Right);

        await page.Keyboard.PressAsync("+");
        await page.ClickButtonAsync("Zoom in");
        var (left, right) = await page.ImagesAsync();
        Assert.Equal("156 %", await page.ZoomAsync());
        Assert.Equal(1.5625 * whole.Left.Width, left.Width, 1);
        Assert.Equal((left.Width, left.Height, left.Y), (right.Width, right.Height, right.Y));

        var (centreX, centreY) = await page.CentreAsync("#left");
        await page.Mouse.MoveAsync(centreX, centreY);
        await page.Mouse.WheelAsync(0, -200);
        await page.WaitForFunctionAsync("() => document.getElementById('zoom').textContent === '258 %'");
        var (wheeled, _) = await page.ImagesAsync();
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(centreX - 30, centreY - 20, new() { Steps = 3 });
        await page.Mouse.UpAsync();
        var (dragged, other) = await page.ImagesAsync();
        Assert.Equal((-30, -20), (Math.Round(dragged.X - wheeled.X), Math.Round(dragged.Y - wheeled.Y)));
        Assert.Equal(dragged.Y, other.Y);
        await Looks.PictureAsync(page, "rater-zoomed");
        Assert.StartsWith("1 of", await page.Locator("#progress").TextContentAsync(), StringComparison.Ordinal); // no click was meant

        await page.Keyboard.PressAsync("Shift+ArrowLeft");
        Assert.Equal(40, Math.Round((await page.ImagesAsync()).Left.X - dragged.X));
        await page.Keyboard.PressAsync("0");
        Assert.Equal("100 %", await page.ZoomAsync());
        Assert.Equal(whole, await page.ImagesAsync());
        await page.AnswerAsync("ArrowLeft");
        Assert.Equal(2.58, (await EvidenceAsync(rater, 1))[0].MaxZoom, 2);
        rater.AssertNothingWentWrong();
    }

    [SkippableFact]
    public async Task Zoom_Kept_StaysForTheNextPairAndAfterReloading()
    {
        await using var rater = await BeginAsync();
        var page = rater.Page;

        await page.Keyboard.PressAsync("+");
        await page.AnswerAsync("ArrowLeft");
        await page.WaitForPairAsync();
        Assert.Equal("100 %", await page.ZoomAsync());
        await page.Locator("#keep").CheckAsync();
        await page.Keyboard.PressAsync("+");
        await page.AnswerAsync("ArrowLeft");
        await page.WaitForPairAsync();
        Assert.Equal("125 %", await page.ZoomAsync());
        await page.ReloadAsync();
        await page.WaitForPairAsync();
        Assert.True(await page.Locator("#keep").IsCheckedAsync());
        rater.AssertNothingWentWrong();
    }

    [SkippableFact]
    public async Task HoldZ_ShowsImagePixelsAsDevicePixels_UntilItIsLetGo()
    {
        await using var rater = await BeginAsync();
        var page = rater.Page;
        var before = await page.ImagesAsync();

        await page.Keyboard.DownAsync("z");
        var (left, right) = await page.ImagesAsync();
        Assert.Equal((Pixels, Pixels, Pixels), (left.Width, left.Height, right.Width));
        Assert.Equal("1:1", await page.ZoomAsync());
        await page.Keyboard.UpAsync("z");

        Assert.Equal(before, await page.ImagesAsync());
        await page.Locator("[data-action=native]").ClickAsync();
        Assert.Equal(Pixels, (await page.ImagesAsync()).Left.Width);
        rater.AssertNothingWentWrong();
    }

    [SkippableFact]
    public async Task Flicker_ByKeyAndButton_PutsTheOtherImageInThePlaceAndIsCounted()
    {
        await using var rater = await BeginAsync();
        var page = rater.Page;
        var right = await page.Locator("#right img:not(.other)").GetAttributeAsync("src");
        var left = page.Locator("#left[data-shows='right image'] .other");
        Assert.Equal(0, await left.CountAsync());

        await page.Keyboard.DownAsync("f");
        await left.WaitForAsync();
        Assert.Equal(right, await left.GetAttributeAsync("src"));
        Assert.False(await page.Locator("#left img:not(.other)").IsVisibleAsync());
        await Looks.PictureAsync(page, "rater-flicker");
        await page.Keyboard.UpAsync("f");
        Assert.True(await page.Locator("#left img:not(.other)").IsVisibleAsync());

        await page.Locator("#flicker").ClickAsync();
        await left.WaitForAsync();
        await page.Locator("#left").ClickAsync(); // which image is meant cannot be known
        Assert.Equal(0, await left.CountAsync());
        Assert.StartsWith("1 of", await page.Locator("#progress").TextContentAsync(), StringComparison.Ordinal);
        var (x, y) = await page.CentreAsync("#right");
        await page.Mouse.MoveAsync(x, y);
        await page.Keyboard.DownAsync("f");
        await page.Locator("#right[data-shows='left image'] .other").WaitForAsync();
        await page.Keyboard.UpAsync("f");

        await page.AnswerAsync("ArrowLeft");
        var evidence = (await EvidenceAsync(rater, 1))[0];
        Assert.Equal((3, true, true), (evidence.Toggles, evidence.NativeSeenLeft, evidence.NativeSeenRight)); // small images are seen enlarged
        Assert.InRange(evidence.VisibleMs, 400, evidence.ResponseMs);
        rater.AssertNothingWentWrong();
    }

    [SkippableFact]
    public async Task Swipe_OnAPhone_FlickersWhileTheFingerIsDown()
    {
        await using var rater = await BeginAsync(390, 844);
        var page = rater.Page;

        await page.TouchAsync("pointerdown", 100);
        await page.TouchAsync("pointermove", 140);
        await page.Locator("#left[data-shows='lower image'] .other").WaitForAsync();
        await Looks.PictureAsync(page, "rater-flicker-phone");
        await page.TouchAsync("pointerup", 140);

        Assert.Null(await page.Locator("#left").GetAttributeAsync("data-shows"));
        Assert.StartsWith("1 of", await page.Locator("#progress").TextContentAsync(), StringComparison.Ordinal);
        rater.AssertNothingWentWrong();
    }

    [SkippableFact]
    public async Task Pinch_OnAPhone_ZoomsBothImagesAndIsNoAnswer()
    {
        await using var rater = await BeginAsync(390, 844);
        var page = rater.Page;

        await page.TouchAsync("pointerdown", 150, finger: 1);
        await page.TouchAsync("pointerdown", 200, finger: 2);
        await page.TouchAsync("pointermove", 250, finger: 2);
        await page.TouchAsync("pointerup", 150, finger: 1);
        await page.TouchAsync("pointerup", 250, finger: 2);

        Assert.Equal("200 %", await page.ZoomAsync());
        var (left, right) = await page.ImagesAsync();
        Assert.Equal((left.Width, left.Height), (right.Width, right.Height));
        await page.TouchAsync("pointerdown", 200);
        await page.TouchAsync("pointermove", 160); // moves what is zoomed in, and does not flicker
        await page.TouchAsync("pointerup", 160);
        Assert.Equal(left.X - 40, (await page.ImagesAsync()).Left.X, 1);
        Assert.Equal(0, await page.Locator("[data-shows]").CountAsync());
        Assert.StartsWith("1 of", await page.Locator("#progress").TextContentAsync(), StringComparison.Ordinal);
        rater.AssertNothingWentWrong();
    }

    [SkippableFact]
    public async Task Keys_ChangedAndSwitchedOff_AreTheRatersOwn()
    {
        await using var rater = await BeginAsync(720, 900); // the help is longer than the screen
        var page = rater.Page;
        var status = page.Locator("[data-key-settings] [role=status]");

        await page.Keyboard.PressAsync("?");
        await page.ClickButtonAsync("Change the key for left image");
        await page.Keyboard.PressAsync("Tab");
        await status.Filter(new() { HasText = "a meaning of its own" }).WaitForAsync();
        await page.Keyboard.PressAsync("u");
        await status.Filter(new() { HasText = "U is now “left image”, and no longer “undo the last answer”." }).WaitForAsync();
        Assert.Equal("U", await page.Locator("[data-keys-of=left]").TextContentAsync());
        Assert.Equal("no key", await page.Locator("[data-keys-of=undo]").TextContentAsync());
        await Looks.PictureAsync(page, "rater-keys");
        await page.Keyboard.PressAsync("Escape");

        await page.ReloadAsync();
        await page.WaitForPairAsync();
        Assert.Equal("U", await page.Locator(".answers kbd").First.TextContentAsync());
        await page.Keyboard.PressAsync("ArrowLeft"); // no longer a key
        await page.AnswerAsync("u");
        Assert.Equal("left", (await EvidenceAsync(rater, 1))[0].Choice);

        await page.WaitForPairAsync();
        await page.Keyboard.PressAsync("?");
        await page.GetByLabel("Use keys").UncheckAsync();
        await page.Keyboard.PressAsync("Escape");
        foreach (var key in (string[])["u", "ArrowDown", "3", "r", "+", "?"])
            await page.Keyboard.PressAsync(key);
        Assert.StartsWith("2 of", await page.Locator("#progress").TextContentAsync(), StringComparison.Ordinal);
        Assert.Equal("100 %", await page.ZoomAsync());
        Assert.Equal(0, await page.Locator("dialog[open]").CountAsync());
        Assert.False(await page.Locator(".answers kbd").First.IsVisibleAsync());
        await page.GetByRole(AriaRole.Button, new() { Name = "Tie", Exact = true }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.Locator("#progress").Filter(new() { HasText = "3 of" }).WaitForAsync();

        await page.ClickButtonAsync("Instructions");
        await page.ClickButtonAsync("Back to the standard keys");
        await page.Keyboard.PressAsync("Escape");
        await page.AnswerAsync("ArrowRight");
        rater.AssertNothingWentWrong();
    }

    [SkippableFact]
    public async Task Break_AfterManyPairsOrMinutes_CanBeTakenOrNot()
    {
        await using var rater = await BeginAsync();
        var page = rater.Page;

        await page.DoneBeforeAsync(pairs: 99, minutes: 3);
        await page.Keyboard.PressAsync("ArrowLeft");
        await page.GetByText("You have given 1 of 120 answers.").WaitForAsync();
        await Looks.PictureAsync(page, "rater-break");
        await page.ClickButtonAsync("Continue");
        await page.AnswerAsync("ArrowLeft");
        Assert.Equal(0, await page.Locator("dialog[open]").CountAsync());

        await page.DoneBeforeAsync(pairs: 20, minutes: 20);
        await page.Keyboard.PressAsync("ArrowLeft");
        await page.GetByText("You have given 3 of 120 answers.").WaitForAsync();
        await page.ClickButtonAsync("Stop for today");
        await page.GetByText("Your answers are saved; open the same link to go on.").WaitForAsync();
        await page.AssertLooksRightAsync("rater-stopped", dark: false);
        await EvidenceAsync(rater, 3);
        rater.AssertNothingWentWrong();
    }

    [SkippableFact]
    public async Task Strip_AfterAVoteOnFlaws_KeepsWhatIsToldAndNeverBlocks()
    {
        Chromium.SkipWhereMissing();
        await using var researcher = await chromium.VisitAsync(portal.Process);
        await researcher.BecomeAdminAsync(portal.Process);
        var link = await StudyWithStripAsync(researcher.Page);
        await using var rater = await chromium.VisitAsync(portal.Process, 1280, 720);
        rater.Expect("Applying inline style violates"); // axe
        var page = rater.Page;
        var strip = page.Locator("#flaw:not([hidden])");
        await page.BeginAsync(link);

        // By keys
        await page.Keyboard.PressAsync("ArrowLeft");
        await strip.WaitForAsync();
        await Looks.PictureAsync(page, "rater-flaw-1280");
        await page.Keyboard.PressAsync("2");
        await page.GetByText("How bad is it?").WaitForAsync();
        await Looks.PictureAsync(page, "rater-flaw-severity");
        await page.Keyboard.PressAsync("2");
        await page.WaitForPairAsync();

        // By mouse, at a place
        await page.Keyboard.PressAsync("ArrowRight");
        await strip.WaitForAsync();
        var image = (await page.Locator("#right img:not(.other)").BoundingBoxAsync())!;
        await page.Mouse.ClickAsync(image.X + image.Width / 4, image.Y + image.Height / 2);
        await page.Locator("#flaw-mark:not([hidden])").WaitForAsync();
        await page.AssertLooksRightAsync("rater-flaw", dark: false);
        await page.SetViewportSizeAsync(390, 844);
        Assert.True((await page.ImageAsync("right")).Width > 240, "The strip leaves too little of the images.");
        Assert.Equal(0, await Looks.HeightTooMuchAsync(page));
        await page.Locator("#undo").ClickAsync(new() { Trial = true }); // nothing covers it
        await page.SetViewportSizeAsync(1280, 720);
        await page.Locator("[data-type=texture]").ClickAsync();
        await page.Keyboard.PressAsync("1");
        await page.WaitForPairAsync();

        // By keys, at a place: the middle of an image, moved by arrows
        await page.Keyboard.PressAsync("ArrowRight");
        await strip.WaitForAsync();
        await page.Locator("#left").FocusAsync();
        foreach (var key in (string[])["Space", "ArrowLeft", "ArrowUp", "ArrowUp", "Enter"])
            await page.Keyboard.PressAsync(key);
        await page.WaitForPairAsync();

        // Passed over by the next key, by undoing, and by doing nothing
        await page.Keyboard.PressAsync("ArrowDown");
        await strip.WaitForAsync();
        await page.Keyboard.PressAsync("ArrowDown");
        await page.WaitForPairAsync();
        await page.Locator("#progress").Filter(new() { HasText = "5 of" }).WaitForAsync();
        await page.Keyboard.PressAsync("ArrowLeft");
        await strip.WaitForAsync();
        await page.Keyboard.PressAsync("u");
        await page.WaitForPairAsync();
        await page.Locator("#progress").Filter(new() { HasText = "5 of" }).WaitForAsync();
        await page.Keyboard.PressAsync("ArrowLeft");
        await strip.WaitForAsync();
        await page.WaitForPairAsync();
        await page.Locator("#progress").Filter(new() { HasText = "6 of" }).WaitForAsync();
        await EvidenceAsync(rater, 6);

        var flaws = await portal.Process.QueryAsync<(string? Type, string? Severity, string? Side, double? X, double? Y)>("""
            SELECT f.flaw_type, f.flaw_severity, f.flaw_side, f.flaw_x, f.flaw_y
            FROM counting_vote v JOIN vote_flaw f ON f.vote_id = v.vote_id ORDER BY v.voted_at
            """);
        Assert.Equal([("face", "major", null), ("texture", "minor", "right"), (null, null, "left")], flaws.Select(flaw => (flaw.Type, flaw.Severity, flaw.Side)));
        Assert.Equal(0.25, flaws[1].X!.Value, 2);
        Assert.Equal(0.5, flaws[1].Y!.Value, 2);
        Assert.Equal((0.48, 0.46), (Math.Round(flaws[2].X!.Value, 4), Math.Round(flaws[2].Y!.Value, 4)));
        Assert.Equal(
            ["left", "right", "right", "tie", "left"],
            await portal.Process.QueryAsync<string>("""
                SELECT v.choice_screen FROM counting_vote v JOIN study s ON s.study_id = v.study_id WHERE s.name = 'Flaws' ORDER BY v.voted_at
                """));
        rater.AssertNothingWentWrong();
        researcher.AssertNothingWentWrong();
    }

    /// <summary>A rater at the first pair of the demonstration's study.</summary>
    private async Task<Visitor> BeginAsync(int width = 1280, int height = 720)
    {
        Chromium.SkipWhereMissing();
        var rater = await chromium.VisitAsync(portal.Process, width, height);
        rater.Expect("Applying inline style violates"); // axe
        await rater.Page.BeginAsync($"/r/{await portal.Process.DemonstrationLinkAsync()}");
        return rater;
    }

    /// <summary>Makes a study that asks about flaws as a new study does, and opens it.</summary>
    /// <returns>The link for raters.</returns>
    private static async Task<string> StudyWithStripAsync(IPage page)
    {
        await page.OpenAsync("/studies/new?a=1&b=2");
        await page.SetFieldAsync("Name", "Flaws");
        Assert.True(await page.GetByLabel("Ask afterwards where the worst flaw was").IsCheckedAsync());
        await page.ClickButtonAsync("Create study");
        await page.GetByText("Then raters may say where the worst flaw was.").WaitForAsync();
        await page.WaitForCircuitAsync();
        await page.ClickButtonAsync("Open for raters");
        await page.GetByRole(AriaRole.Button, new() { Name = "Pause", Exact = true }).WaitForAsync();
        return await page.CopyRaterLinkAsync();
    }

    /// <summary>What is stored of a rater's votes, oldest first, once there are so many.</summary>
    private async Task<IReadOnlyList<Evidence>> EvidenceAsync(Visitor rater, int votes)
    {
        var name = await rater.Page.Locator("#rate").GetAttributeAsync("data-rater");
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < TimeSpan.FromSeconds(30); await Task.Delay(50))
        {
            var stored = await portal.Process.QueryAsync<Evidence>($"""
                SELECT v.choice_screen AS choice, v.response_ms AS responseMs, v.visible_ms AS visibleMs, v.max_zoom AS maxZoom,
                  v.native_seen_left AS nativeSeenLeft, v.native_seen_right AS nativeSeenRight, v.toggles
                FROM vote v JOIN rater r ON r.rater_id = v.rater_id WHERE r.pseudonym = '{name}' ORDER BY v.voted_at
                """);
            if (stored.Count == votes)
                return stored;
        }
        throw new TimeoutException($"{name} has not {votes} votes.");
    }

    /// <summary>A portal with nothing but the demonstration.</summary>
    public sealed class NewPortal : IAsyncLifetime
    {
        internal PortalProcess Process { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            if (PortalProcess.WhyNoDemonstration is null)
                Process = await PortalProcess.StartAsync();
        }

        public async Task DisposeAsync()
        {
            if (Process is not null)
                await Process.DisposeAsync();
        }
    }

    private sealed record Evidence
    {
        public required string Choice { get; init; }
        public required int ResponseMs { get; init; }
        public required int VisibleMs { get; init; }
        public required double MaxZoom { get; init; }
        public required bool NativeSeenLeft { get; init; }
        public required bool NativeSeenRight { get; init; }
        public required int Toggles { get; init; }
    }
}
