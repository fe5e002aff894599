namespace PixelPost.EvalPortal;

/// <summary>Something was asked for that cannot be done, for a reason the person can act on. The message is a sentence for them.</summary>
public sealed class RefusedException(string message, Exception? inner = null) : Exception(message, inner);
