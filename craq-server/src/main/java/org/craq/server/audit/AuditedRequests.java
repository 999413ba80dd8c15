package org.craq.server.audit;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.core.HttpHeaders;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.craq.server.Problem;
import org.craq.server.audit.AuditedCall.Kind;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/** The audit trail of HTTP requests: each begins at the gate, and ends with its answer or with a refusal at the gate. */
public final class AuditedRequests {
    private static final String FILES = "/v1/files";
    private static final String UPLOADS = "/v1/uploads";
    private static final String ADMIN = "/v1/admin/";
    private static final String AUTH = "/v1/auth/";
    private static final String VERSION_HEADER = "X-Craq-Version";
    private static final String INSTANCE = "urn:uuid:";
    private static final int REDIRECTED = 307;
    private static final int UNAUTHENTICATED = 401;
    private static final int DENIED = 403;
    private static final int LIMITED = 429;
    private static final int FIRST_ERROR = 400;

    private final AuditTrail trail;

    /** Creates it. */
    public AuditedRequests(AuditTrail trail) {
        this.trail = trail;
    }

    /**
     * A request begins; fails if it would change something and can't be audited.
     *
     * @throws CraqException STORAGE_FAILED
     */
    public void begins(HttpServletRequest request) {
        if (!trail.isOn()) {
            return;
        }
        AuditedCall call = new AuditedCall("rest", String.valueOf(request.getRemoteAddr()), Kind.STEP, "");
        call.attach(request);
        String path = request.getRequestURI().substring(request.getContextPath().length());
        classify(call, request, path);
        boolean safe =
                switch (request.getMethod()) {
                    case "GET", "HEAD", "OPTIONS" -> true;
                    default -> path.startsWith(AUTH);
                };
        if (!safe) {
            trail.requireWorking();
        }
    }

    private static void classify(AuditedCall call, HttpServletRequest request, String path) {
        String method = request.getMethod();
        boolean reads = method.equals("GET") || method.equals("HEAD") || method.equals("OPTIONS");
        if (path.startsWith(FILES)) {
            call.name(decoded(path.substring(Math.min(path.length(), FILES.length() + 1))));
            call.action(reads ? Kind.READ : Kind.CHANGE, ofFile(request, path));
        } else if (path.startsWith("/v1/transactions")) {
            call.action(Kind.CHANGE, "transaction");
        } else if (path.startsWith(UPLOADS)) {
            call.action(method.equals("DELETE") ? Kind.CHANGE : Kind.STEP, uploads(method));
        } else if (path.startsWith(AUTH)) {
            boolean login = path.equals(AUTH + "token");
            call.action(reads ? Kind.READ : Kind.CHANGE, login ? "login" : path.substring(AUTH.length()));
        } else if (path.startsWith(ADMIN)) {
            call.name(decoded(path.substring(ADMIN.length())));
            call.action(reads ? Kind.READ : Kind.CHANGE, administers(path.substring(ADMIN.length()), reads));
            if (!reads && request.getQueryString() != null) {
                call.detail(decoded(withoutToken(request.getQueryString())));
            }
        } else {
            call.name(decoded(path));
            call.action(path.equals("/metrics") ? Kind.READ : Kind.STEP, "request");
        }
    }

    private static String withoutToken(String query) {
        return query.replaceFirst("(^|&)craq-token=.*", "");
    }

    private static String ofFile(HttpServletRequest request, String path) {
        return switch (request.getMethod()) {
            case "GET", "OPTIONS" -> path.length() <= FILES.length() + 1 ? "list" : "read";
            case "HEAD" -> "stat";
            case "PUT" ->
                request.getHeader("X-Craq-Move-Source") != null
                        ? "move"
                        : request.getHeader("X-Craq-Copy-Source") != null ? "copy" : "write";
            case "POST" -> "append";
            case "DELETE" -> "delete";
            default -> "request";
        };
    }

    private static String uploads(String method) {
        return method.equals("DELETE") ? "upload_discard" : "upload";
    }

    private static String administers(String path, boolean reads) {
        if (reads) {
            return "look";
        }
        int end = path.indexOf('/');
        return switch (end < 0 ? path : path.substring(0, end)) {
            case "users" -> "users";
            case "chains" -> "chain";
            case "log-levels" -> "log_level";
            case "scrub" -> "scrub";
            default -> "administer";
        };
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }

    /** A request is answered by JAX-RS. */
    public void answered(ContainerRequestContext request, ContainerResponseContext answer) {
        AuditedCall.ofAttribute(request::getProperty).ifPresent(call -> ended(call, request, answer));
    }

    private void ended(AuditedCall call, ContainerRequestContext request, ContainerResponseContext answer) {
        int status = answer.getStatus();
        if (answer.getEntity() instanceof Problem problem) {
            call.ends(trail, problem.code(), denies(status), problem.instance().replace(INSTANCE, ""));
            return;
        }
        if (answer.getEntity() instanceof AuditedReceipt receipt) {
            call.made(receipt.version(), receipt.length());
        } else if (answer.getEntity() instanceof AuditedReceipts several) {
            several.receipts().forEach(each -> call.made(each.version(), each.length()));
        } else if (answer.getHeaderString(VERSION_HEADER) != null && isUpload(request)) {
            call.action(Kind.CHANGE, "upload");
            call.made(answer.getHeaderString(VERSION_HEADER), number(answer.getHeaderString("Upload-Offset")));
        } else if (answer.getHeaderString(HttpHeaders.CONTENT_LENGTH) != null
                && request.getMethod().equals("GET")) {
            call.bytes(number(answer.getHeaderString(HttpHeaders.CONTENT_LENGTH)));
        }
        if (status == REDIRECTED) {
            // The server that it leads to has the line of what is done.
            call.action(Kind.READ, "redirect");
        }
        call.ends(trail, outcome(status), denies(status), "");
    }

    /** The outcome of an answer that has no problem, or that of another node which this one passes on. */
    private static String outcome(int status) {
        return switch (status) {
            case UNAUTHENTICATED -> ErrorCode.UNAUTHENTICATED.name();
            case DENIED -> ErrorCode.PERMISSION_DENIED.name();
            case LIMITED -> ErrorCode.RATE_LIMITED.name();
            default -> status < FIRST_ERROR ? AuditRecord.OK : Integer.toString(status);
        };
    }

    private static boolean isUpload(ContainerRequestContext request) {
        return request.getMethod().equals("PATCH") || request.getMethod().equals("POST");
    }

    private static long number(String text) {
        try {
            return text == null ? -1 : Long.parseLong(text);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /** A request is refused before JAX-RS sees it. */
    public void refused(HttpServletRequest request, CraqException refusal, String instance) {
        AuditedCall.of(request)
                .ends(trail, refusal.code().name(), denies(refusal.code().http()), instance);
    }

    private static boolean denies(int status) {
        return status == UNAUTHENTICATED || status == DENIED || status == LIMITED;
    }

    /** The answer to a change of several files. */
    public interface AuditedReceipts {
        /** Returns the receipts. */
        List<? extends AuditedReceipt> receipts();
    }
}
