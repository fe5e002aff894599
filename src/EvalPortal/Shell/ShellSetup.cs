using Microsoft.AspNetCore.Diagnostics;
using MudBlazor.Services;

namespace PixelPost.EvalPortal.Shell;

/// <summary>Registers pages, their assets and what is shown when there is no page.</summary>
public static class ShellSetup
{
    public static IServiceCollection AddShell(this IServiceCollection services)
    {
        services.AddRazorComponents().AddInteractiveServerComponents();
        services.AddMudServices();
        return services;
    }

    /// <summary>A sentence instead of a bare status code; programs get the code alone.</summary>
    public static IApplicationBuilder UseProblemPages(this IApplicationBuilder app) =>
        app.UseWhen(
            context => !context.Request.Path.StartsWithSegments("/api") && context.Request.Path != "/health",
            pages => pages.UseStatusCodePagesWithReExecute("/problem/{0}", createScopeForStatusCodePages: true).Use((context, next) =>
            {
                // A page that is posted to wants the very token for whose lack it is shown.
                if (context.Features.Get<IStatusCodeReExecuteFeature>() is not null)
                    context.Request.Method = HttpMethods.Get;
                return next(context);
            }));

    public static void MapShell(this IEndpointRouteBuilder routes)
    {
        routes.MapStaticAssets().AllowAnonymous();
        routes.MapRazorComponents<App>().AddInteractiveServerRenderMode();
    }
}
