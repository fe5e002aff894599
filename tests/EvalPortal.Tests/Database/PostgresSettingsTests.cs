using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Tests.Database;

public sealed class PostgresSettingsTests
{
    [Fact]
    public void Settings_NothingSaid_AreThePortals()
    {
        var settings = Db.PostgresSettings("Host=db;Database=pixelpost");

        Assert.Equal((Math.Max(16, 4 * Environment.ProcessorCount), 200, 2), (settings.MaxPoolSize, settings.MaxAutoPrepare, settings.AutoPrepareMinUsages));
    }

    [Fact]
    public void Settings_WhatTheConnectionStringSays_Stays()
    {
        var settings = Db.PostgresSettings("Host=db;MaxPoolSize=100;Max Auto Prepare=0;auto prepare min usages=5");

        Assert.Equal((100, 0, 5), (settings.MaxPoolSize, settings.MaxAutoPrepare, settings.AutoPrepareMinUsages));
    }
}
