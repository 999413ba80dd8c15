package org.craq.security;

/** A caller is not allowed what it asks for. The message is for the caller and contains no secret. */
public final class AccessException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Why. */
    public enum Reason {
        /** Nothing, or nothing valid, proves who the caller is. Another attempt with other credentials may succeed. */
        UNAUTHENTICATED,
        /** It is known who the caller is, and that this caller may not do it. */
        DENIED
    }

    private final Reason reason;

    /** Creates the refusal. */
    public AccessException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    /** Returns the refusal of a caller who has not proved who it is. */
    public static AccessException unauthenticated(String message) {
        return new AccessException(Reason.UNAUTHENTICATED, message);
    }

    /** Returns why. */
    public Reason reason() {
        return reason;
    }
}
