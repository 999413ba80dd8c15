package org.craq.node.membership;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import org.craq.core.membership.RightsLease;
import org.craq.security.Action;
import org.craq.security.Rights;
import org.craq.server.access.Access;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/**
 * The rights of users that this node has from its manager, and whether it may still go by them: while it holds a lease
 * that requires no newer ones, for reads a while longer, as some reads need no lease, and for its own status for as long
 * as it runs, so that a node that has lost its manager can be examined. Thread-safe.
 */
public final class NodeRights implements Access.KnownRights {
    /** How long reads go by rights that no manager has confirmed. */
    static final Duration STALE = Duration.ofSeconds(60);

    private final LongSupplier nanoTime;
    private final RightsLease lease = new RightsLease(0);
    private volatile Rights rights;
    private volatile OptionalLong confirmedUntil = OptionalLong.empty();

    /**
     * Creates it without any rights.
     *
     * @param cluster of this node's certificate
     * @param nanoTime a monotonic clock
     */
    public NodeRights(String cluster, LongSupplier nanoTime) {
        this.rights = Rights.none(cluster);
        this.nanoTime = nanoTime;
    }

    /** See {@link RightsLease#granted}. */
    synchronized OptionalLong granted(long version, long untilNanos) {
        return confirmed(lease.granted(version, untilNanos));
    }

    /**
     * Takes rights that a manager has sent, unless newer ones are here already.
     *
     * @return see {@link RightsLease#fetched}
     * @throws IllegalArgumentException if they are those of another cluster
     */
    synchronized OptionalLong fetched(Rights fetched) {
        if (!fetched.cluster().equals(rights.cluster())) {
            throw new IllegalArgumentException("the manager has the rights of cluster '" + fetched.cluster()
                    + "', but this node belongs to '" + rights.cluster() + "'");
        }
        if (fetched.version() > rights.version()) {
            rights = fetched;
        }
        return confirmed(lease.fetched(fetched.version()));
    }

    private OptionalLong confirmed(OptionalLong until) {
        until.ifPresent(end -> {
            if (confirmedUntil.isEmpty() || end - confirmedUntil.getAsLong() > 0) {
                confirmedUntil = OptionalLong.of(end);
            }
        });
        return until;
    }

    @Override
    public Rights rights() {
        return rights;
    }

    @Override
    public void requireCurrent(Action action) {
        if (rights.version() == 0) {
            throw new CraqException(
                    ErrorCode.NOT_SERVING,
                    "this node has not yet learned from a manager who may do what; if that lasts, see whether security is"
                            + " on there too (craq.security)");
        }
        if (action.isOnFiles() && !confirmedFor(action == Action.READ ? STALE : Duration.ZERO)) {
            throw new CraqException(
                    ErrorCode.NOT_SERVING,
                    "this node has lost its manager and does not know any more who may do what; ask another node");
        }
    }

    private boolean confirmedFor(Duration longer) {
        OptionalLong until = confirmedUntil;
        return until.isPresent() && until.getAsLong() - nanoTime.getAsLong() > -longer.toNanos();
    }
}
