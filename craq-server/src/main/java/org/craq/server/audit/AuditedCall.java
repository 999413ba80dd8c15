package org.craq.server.audit;

import io.grpc.Context;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.craq.security.AccessKey;
import org.craq.security.Action;
import org.craq.security.Authenticator;
import org.craq.security.Caller;
import org.craq.wire.ErrorCode;

/**
 * What is known of one request for its line in the audit trail. It is made when the request begins, travels with it, and
 * is told what is found out: who calls, what the caller must be allowed to do, what was made of it. Thread-safe.
 */
public final class AuditedCall {
    /** Which requests have a line. */
    public enum Kind {
        /** Always. */
        CHANGE,
        /** As {@link AuditSettings#READS} says. */
        READ,
        /** Only if it was refused because of the caller. */
        STEP
    }

    private static final String ATTRIBUTE = "org.craq.audit";
    static final Context.Key<AuditedCall> KEY = Context.key("craq-audit");
    private static final int MOST_STEPS = 32;

    private final String door;
    private final String peer;
    private final long began = System.nanoTime();
    private Kind kind;
    private String action;
    private String name = "";
    private String version = "";
    private String user = "";
    private String method = "";
    private String key = "";
    private long bytes = -1;
    private String detail = "";
    private final List<String> steps = new ArrayList<>();
    private boolean ended;

    AuditedCall(String door, String peer, Kind kind, String action) {
        this.door = door;
        this.peer = peer;
        this.kind = kind;
        this.action = action;
    }

    /** Returns that of an HTTP request; one that is not written anywhere if there is none. */
    public static AuditedCall of(HttpServletRequest request) {
        return request.getAttribute(ATTRIBUTE) instanceof AuditedCall call ? call : none();
    }

    /** Returns that of an attribute of an HTTP request. */
    static Optional<AuditedCall> ofAttribute(Function<String, Object> attributes) {
        return attributes.apply(ATTRIBUTE) instanceof AuditedCall call ? Optional.of(call) : Optional.empty();
    }

    void attach(HttpServletRequest request) {
        request.setAttribute(ATTRIBUTE, this);
    }

    /** Returns that of the current gRPC call; to be called on the thread on which the call begins. */
    public static AuditedCall current() {
        return Optional.ofNullable(KEY.get()).orElseGet(AuditedCall::none);
    }

    /** Returns one that is not written anywhere. */
    public static AuditedCall none() {
        return new AuditedCall("", "", Kind.STEP, "");
    }

    /** The caller is known. */
    public synchronized void caller(Caller caller) {
        if (caller.method() != Caller.Method.NONE) {
            caller(caller.user(), caller.method().name(), caller.key().orElse(""));
        }
    }

    /** The caller is known, or says who it is. */
    public synchronized void caller(String who, String how, String keyId) {
        user = who;
        method = how;
        key = keyId;
    }

    /** The caller says that it has this access key, which is not proved; other names may be mistyped secrets. */
    public synchronized void claims(String keyId) {
        if (AccessKey.isId(keyId)) {
            method = Caller.Method.ACCESS_KEY.name();
            key = keyId;
        }
    }

    /** A caller is refused who has sent this header. */
    public void claimsBy(Optional<String> authorization) {
        authorization.flatMap(Authenticator::basic).ifPresent(given -> claims(given.name()));
    }

    /** The caller has logged in with a password or an access key. */
    public void loggedIn(String who, String with) {
        boolean byKey = AccessKey.isId(with);
        caller(who, (byKey ? Caller.Method.ACCESS_KEY : Caller.Method.PASSWORD).name(), byKey ? with : "");
    }

    /** The caller must be allowed to do this. What changes a file names the request, more than what reads one. */
    public synchronized void asks(Action asked, String file) {
        if (!asked.isOnFiles()) {
            return;
        }
        String step = asked.name() + " " + file;
        if (!steps.contains(step) && steps.size() < MOST_STEPS) {
            steps.add(step);
        }
        if (steps.size() <= 1 || asked == Action.WRITE) {
            name = file;
        }
        if (asked == Action.DELETE_VERSION) {
            action = "delete_version";
        }
    }

    /** The request turns out to be this. */
    public synchronized void action(Kind is, String word) {
        kind = is;
        action = word;
    }

    /** The request is on this file, node, user or path. */
    public synchronized void name(String what) {
        name = what;
    }

    synchronized void nameIfNone(String what) {
        if (name.isEmpty()) {
            name = what;
        }
    }

    /** The request has this many bytes of content. */
    public synchronized void bytes(long count) {
        bytes = count;
    }

    /** The request has made this version. */
    public synchronized void made(String newVersion, long length) {
        version = version.isEmpty() || version.equals(newVersion) ? newVersion : version + "," + newVersion;
        bytes = length;
    }

    /** This was changed, in words. */
    public synchronized void detail(String what) {
        detail = what;
    }

    synchronized boolean changes() {
        return kind == Kind.CHANGE;
    }

    /** Ends it; writes its line, unless it has none or has ended before. */
    synchronized void ends(AuditTrail trail, String outcome, boolean denied, String request) {
        if (!ended && isWritten(trail, denied)) {
            AuditRecord line = new AuditRecord(
                    Instant.now(),
                    door,
                    action,
                    name,
                    version,
                    user,
                    method,
                    key,
                    peer,
                    request,
                    outcome,
                    bytes,
                    (System.nanoTime() - began) / 1_000_000,
                    detail.isEmpty() && steps.size() > 1 ? String.join(", ", steps) : detail);
            trail.addRequest(line, denied);
        }
        ended = true;
    }

    /** Returns whether a request was refused because of its caller. */
    static boolean denies(ErrorCode code) {
        return code == ErrorCode.UNAUTHENTICATED
                || code == ErrorCode.PERMISSION_DENIED
                || code == ErrorCode.RATE_LIMITED;
    }

    private boolean isWritten(AuditTrail trail, boolean denied) {
        return switch (kind) {
            case CHANGE -> true;
            case READ ->
                switch (trail.reads()) {
                    case OFF -> false;
                    case DENIED -> denied;
                    case ALL -> true;
                };
            case STEP -> denied;
        };
    }
}
