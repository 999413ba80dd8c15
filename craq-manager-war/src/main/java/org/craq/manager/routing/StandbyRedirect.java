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
 * Sends REST requests that reach a standby on to the leader: 307, so method and body stay. What comes in while no leader is
 * known goes on, and is refused with the reason. Its place among the filters is in web.xml.
 */
public class StandbyRedirect extends HttpFilter {
    private static final long serialVersionUID = 1L;
    private static final int TEMPORARY_REDIRECT = 307;
    /** Every manager says itself whether it leads, and what it uses. */
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

    /** Two managers that say they have one URL would send a request round for ever. */
    private Optional<String> leaderToAsk() {
        return leadership.held()
                ? Optional.empty()
                : leadership
                        .otherLeader()
                        .map(ManagerIdentity::httpUrl)
                        .filter(url -> !url.equals(leadership.self().httpUrl()));
    }
}
