namespace PixelPost.EvalPortal.Shell;

/// <summary>On a page of researchers that needs no inline style or script: it gets the policy that allows none.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class NothingInlineAttribute : Attribute;
