package org.craq.manager.admin;

import java.util.Optional;
import org.craq.manager.leadership.Leadership;
import org.craq.server.ProcessUse;
import org.craq.server.TlsStatus;
import org.craq.wire.tls.TlsCredentials;

/**
 * GET /v1/admin/status.
 *
 * @param id id of the manager that answers
 * @param leading whether it leads at this moment
 * @param processCpuSeconds CPU time of the server process since it started
 * @param heapUsedBytes objects on the server's heap, garbage included
 * @param tls its certificates; null if it has none
 */
public record ManagerStatusView(
        String id, boolean leading, long pid, double processCpuSeconds, long heapUsedBytes, TlsStatus tls) {
    static ManagerStatusView of(Leadership leadership, Optional<TlsCredentials> tls) {
        ProcessUse use = ProcessUse.now();
        return new ManagerStatusView(
                leadership.self().id(),
                leadership.held(),
                use.pid(),
                use.processCpuSeconds(),
                use.heapUsedBytes(),
                tls.map(TlsStatus::of).orElse(null));
    }
}
