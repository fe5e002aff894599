using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;

namespace PixelPost.EvalPortal.Accounts;

/// <summary>Ends what a page that stays open may do, once its account is closed or has a new password.</summary>
public sealed class CircuitSignInCheck(SignIn signIn, ILoggerFactory loggers) : RevalidatingServerAuthenticationStateProvider(loggers)
{
    protected override TimeSpan RevalidationInterval => TimeSpan.FromMinutes(1);

    protected override Task<bool> ValidateAuthenticationStateAsync(AuthenticationState authenticationState, CancellationToken cancellationToken) =>
        signIn.IsGoodAsync(authenticationState.User, cancellationToken);
}
