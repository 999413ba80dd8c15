package org.craq.server.access;

import org.craq.security.Action;
import org.craq.security.Caller;
import org.craq.server.audit.AuditedCall;

/**
 * One caller at the gate of this server. A request asks {@link #require} before it begins, and before anything that it
 * changes becomes part of the store, as bytes may take long to arrive; {@link #again} before it answers with what it has
 * read. Thread-safe.
 *
 * @param audited gets to know what the caller asks for
 */
public record Guard(Access access, Caller caller, AuditedCall audited) {
    /** For requests that nobody needs rights for. */
    public static final Guard OPEN = new Guard(Access.off(), Caller.UNRESTRICTED, AuditedCall.none());

    /** Returns the caller of the current gRPC call; to be called on the thread on which the call begins. */
    public static Guard ofCall(Access access) {
        return access.isOn()
                ? new Guard(access, UserCalls.caller(), AuditedCall.current())
                : new Guard(OPEN.access(), Caller.UNRESTRICTED, AuditedCall.current());
    }

    /** Returns the caller's name; empty if security is off. */
    public String user() {
        return caller.user();
    }

    /**
     * Counts a request of the caller.
     *
     * @throws org.craq.wire.CraqException RATE_LIMITED if it makes too many
     */
    public void admit() {
        access.admit(caller);
    }

    /**
     * Requires that the caller may do something now, by rights that are current.
     *
     * @throws org.craq.wire.CraqException PERMISSION_DENIED; NOT_SERVING if this server can't tell any more
     */
    public void require(Action action, String name) {
        audited.asks(action, name);
        access.require(caller, action, name);
    }

    /**
     * Asks again what was already allowed.
     *
     * @throws org.craq.wire.CraqException PERMISSION_DENIED
     */
    public void again(Action action, String name) {
        if (access.isOn()) {
            Access.refuseUnlessAllowed(caller, action, name);
        }
    }
}
