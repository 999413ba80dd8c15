package org.craq.server.access;

import jakarta.servlet.http.HttpServletRequest;
import java.security.cert.X509Certificate;
import java.util.Optional;
import org.craq.security.Caller;
import org.craq.security.Tokens;
import org.craq.server.audit.AuditedCall;
import org.craq.wire.CraqException;

/** Finds out who sends an HTTP request. */
public final class RequestCaller {
    /** Query parameter with a token that allows only this request; it is the last one. */
    public static final String TOKEN_PARAMETER = "craq-token";

    private static final String ATTRIBUTE = "org.craq.caller";
    private static final String CERTIFICATES = "jakarta.servlet.request.X509Certificate";
    private static final String ASSIGNMENT = TOKEN_PARAMETER + "=";

    private RequestCaller() {}

    /**
     * Returns the caller, who is found out once per request.
     *
     * @throws org.craq.wire.CraqException UNAUTHENTICATED, PERMISSION_DENIED, RATE_LIMITED
     */
    public static Caller of(HttpServletRequest request, Access access) {
        if (request.getAttribute(ATTRIBUTE) instanceof Caller known) {
            return known;
        }
        Caller caller;
        try {
            caller = authenticated(request, access);
        } catch (CraqException refused) {
            AuditedCall.of(request).claimsBy(Optional.ofNullable(request.getHeader("Authorization")));
            throw refused;
        }
        request.setAttribute(ATTRIBUTE, caller);
        AuditedCall.of(request).caller(caller);
        access.admit(caller);
        return caller;
    }

    private static Caller authenticated(HttpServletRequest request, Access access) {
        if (!access.isOn()) {
            return Caller.UNRESTRICTED;
        }
        Optional<String> authorization = Optional.ofNullable(request.getHeader("Authorization"));
        Optional<String> token = token(request.getQueryString());
        if (token.isPresent() && authorization.isEmpty()) {
            String path =
                    request.getRequestURI().substring(request.getContextPath().length());
            return access.signer(
                    token.get(),
                    Tokens.fingerprint(request.getMethod(), path, withoutToken(request.getQueryString())),
                    String.valueOf(request.getRemoteAddr()));
        }
        Optional<Caller> ofContainer = access.ofContainer(request.getUserPrincipal());
        return ofContainer.isPresent()
                ? ofContainer.get()
                : access.caller(authorization, certificate(request), String.valueOf(request.getRemoteAddr()));
    }

    private static Optional<X509Certificate> certificate(HttpServletRequest request) {
        return request.getAttribute(CERTIFICATES) instanceof X509Certificate[] chain && chain.length > 0
                ? Optional.of(chain[0])
                : Optional.empty();
    }

    private static Optional<String> token(String query) {
        int begin = begin(query);
        return begin < 0 ? Optional.empty() : Optional.of(query.substring(begin + ASSIGNMENT.length()));
    }

    /** Returns a query without the token for one request; empty if nothing is left. */
    public static String withoutToken(String query) {
        int begin = begin(query);
        if (begin < 0) {
            return query == null ? "" : query;
        }
        return begin == 0 ? "" : query.substring(0, begin - 1);
    }

    private static int begin(String query) {
        if (query == null) {
            return -1;
        }
        int begin = query.lastIndexOf(ASSIGNMENT);
        return begin == 0 || (begin > 0 && query.charAt(begin - 1) == '&') ? begin : -1;
    }

    /** Returns a query with a token added. */
    public static String withToken(String query, String token) {
        return (query.isEmpty() ? "" : query + "&") + ASSIGNMENT + token;
    }
}
