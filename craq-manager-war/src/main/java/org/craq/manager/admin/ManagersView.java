package org.craq.manager.admin;

import java.util.Optional;
import org.craq.core.leadership.LeaseRecord;
import org.craq.core.leadership.ManagerIdentity;
import org.craq.manager.leadership.Leadership;

/**
 * GET /v1/admin/managers.
 *
 * @param asked the manager that answers
 * @param leading whether it leads at this moment
 * @param leader null if no manager holds the lease, or it has not been read yet
 */
public record ManagersView(ManagerView asked, boolean leading, LeaderView leader) {
    public record ManagerView(String id, String grpcAddress, String httpUrl) {}

    /**
     * The holder of the lease, as last read from the database.
     *
     * @param since ISO 8601, UTC, by that manager's clock
     * @param beat increases while that manager renews its lease
     */
    public record LeaderView(String id, String grpcAddress, String httpUrl, String term, String since, long beat) {}

    static ManagersView of(Leadership leadership) {
        ManagerIdentity self = leadership.self();
        Optional<LeaderView> leader = leadership
                .row()
                .filter(row -> !row.released())
                .flatMap(row -> row.holder().map(holder -> view(row, holder)));
        return new ManagersView(
                new ManagerView(self.id(), self.grpcAddress(), self.httpUrl()), leadership.held(), leader.orElse(null));
    }

    private static LeaderView view(LeaseRecord row, ManagerIdentity holder) {
        return new LeaderView(
                holder.id(),
                holder.grpcAddress(),
                holder.httpUrl(),
                row.term().toString(),
                row.since().toString(),
                row.beat());
    }
}
