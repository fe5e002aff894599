namespace PixelPost.EvalPortal.Shell;

/// <summary>Marks an endpoint that answers with a page whose style and pictures are inside of it, and that has no script.</summary>
internal sealed class SelfContainedPage;
