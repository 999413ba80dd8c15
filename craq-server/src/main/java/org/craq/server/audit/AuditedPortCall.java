package org.craq.server.audit;

import java.io.IOException;
import org.craq.security.Caller;
import org.craq.server.audit.AuditedCall.Kind;
import org.craq.wire.ErrorCode;
import org.craq.wire.Errors;
import org.craq.wire.v1.Receipt;

/** The audit trail of one write or read at the content port. */
public final class AuditedPortCall {
    private final AuditTrail trail;
    private final AuditedCall call;

    /** A caller's write begins. */
    public AuditedPortCall(AuditTrail trail, String peer, String action, String name, Caller caller) {
        this(trail, peer, Kind.CHANGE, action, name, caller);
    }

    private AuditedPortCall(AuditTrail trail, String peer, Kind kind, String action, String name, Caller caller) {
        this.trail = trail;
        this.call = new AuditedCall("content", peer, kind, action);
        call.name(name);
        call.caller(caller);
    }

    /** A caller's read begins. */
    public static AuditedPortCall read(AuditTrail trail, String peer, String name, Caller caller) {
        return new AuditedPortCall(trail, peer, Kind.READ, "read", name, caller);
    }

    /** All that the read asked for was sent. */
    public void sent() {
        call.ends(trail, AuditRecord.OK, false, "");
    }

    /** The write was answered with this receipt. */
    public void made(Receipt receipt) {
        AuditedCalls.note(call, receipt);
        call.ends(trail, AuditRecord.OK, false, "");
    }

    /** The write or read was refused, or its connection broke. */
    public void failed(Exception reason) {
        ErrorCode code = reason instanceof IOException
                ? ErrorCode.OUTCOME_UNKNOWN
                : Errors.classify(reason).code();
        boolean denied = AuditedCall.denies(code);
        call.ends(trail, code.name(), denied, "");
    }
}
