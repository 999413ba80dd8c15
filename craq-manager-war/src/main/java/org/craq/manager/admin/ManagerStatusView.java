package org.craq.manager.admin;

import org.craq.manager.leadership.Leadership;
import org.craq.server.ProcessUse;

/**
 * GET /v1/admin/status.
 *
 * @param id id of the manager that answers
 * @param leading whether it leads at this moment
 * @param processCpuSeconds CPU time of the server process since it started
 * @param heapUsedBytes objects on the server's heap, garbage included
 */
public record ManagerStatusView(String id, boolean leading, long pid, double processCpuSeconds, long heapUsedBytes) {
    static ManagerStatusView of(Leadership leadership) {
        ProcessUse use = ProcessUse.now();
        return new ManagerStatusView(
                leadership.self().id(), leadership.held(), use.pid(), use.processCpuSeconds(), use.heapUsedBytes());
    }
}
