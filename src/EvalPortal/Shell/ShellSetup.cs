using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.AspNetCore.Diagnostics;
using MudBlazor.Services;

namespace PixelPost.EvalPortal.Shell;

/// <summary>Registers pages, their assets and what is shown when there is no page.</summary>
public static class ShellSetup
{
    public static IServiceCollection AddShell(this IServiceCollection services)
    {
        services.AddRazorComponents().AddInteractiveServerComponents();
        services.AddScoped<CircuitHandler, CircuitOrder>();
        services.AddMudServices();
        services.AddAntiforgery(antiforgery => antiforgery.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest);
        return services;
    }

    /// <summary>A sentence instead of a bare status code; programs get the code alone.</summary>
    public static IApplicationBuilder UseProblemPages(this IApplicationBuilder app) =>
        app.UseWhen(
            context => !context.Request.Path.StartsWithSegments("/api") && !context.Request.Path.StartsWithSegments("/health") && context.Request.Path != "/metrics",
            pages => pages.UseStatusCodePagesWithReExecute("/problem/{0}", createScopeForStatusCodePages: true))
        .Use((context, next) =>
        {
            // The page is asked for, whatever was sent before: the form that was refused is not read again, and needs no token.
            if (context.Features.Get<IStatusCodeReExecuteFeature>() is not null || context.Features.Get<IExceptionHandlerFeature>() is not null)
                context.Request.Method = HttpMethods.Get;
            return next(context);
        });

    public static void MapShell(this IEndpointRouteBuilder routes)
    {
        routes.MapStaticAssets().AllowAnonymous();
        routes.MapRazorComponents<App>().AddInteractiveServerRenderMode();
    }
}
