package org.craq.manager.routing;

import jakarta.inject.Inject;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import org.craq.core.leadership.ManagerIdentity;
import org.craq.manager.leadership.Leadership;

/**
 * Redirects REST requests from a standby to the leader, with status 307, so that method and body are kept. While no
 * leader is known a request passes, and is refused later with the reason. Its position among the filters is set in
 * web.xml.
 */
public class StandbyRedirect extends HttpFilter {
    private static final long serialVersionUID = 1L;
    private static final int TEMPORARY_REDIRECT = 307;
    /** Paths that every manager answers itself: whether it leads, and what it uses. */
    private static final Set<String> ANSWERED_BY_ALL = Set.of("/v1/admin/managers", "/v1/admin/status");

    @Inject
    private transient Leadership leadership;

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        String path = request.getRequestURI().substring(request.getContextPath().length());
        Optional<String> leader = ANSWERED_BY_ALL.contains(path) ? Optional.empty() : leaderToAsk();
        if (leader.isEmpty()) {
            chain.doFilter(request, response);
            return;
        }
        String query = request.getQueryString() == null ? "" : "?" + request.getQueryString();
        response.setStatus(TEMPORARY_REDIRECT);
        response.setHeader("Location", leader.get() + path + query);
        response.setHeader("Cache-Control", "no-store");
    }

    /**
     * Returns the URL of the leader; empty if it is this manager's own, as two managers configured with the same URL
     * would redirect a request endlessly.
     */
    private Optional<String> leaderToAsk() {
        return leadership.held()
                ? Optional.empty()
                : leadership
                        .otherLeader()
                        .map(ManagerIdentity::httpUrl)
                        .filter(url -> !url.equals(leadership.self().httpUrl()));
    }
}
