package org.craq.manager;

import java.net.InetSocketAddress;
import java.time.Duration;
import org.craq.core.leadership.ManagerIdentity;
import org.craq.manager.membership.ChainRules;
import org.craq.manager.routing.ReadPolicy;
import org.craq.server.Settings;
import org.craq.server.TlsSettings;

/**
 * The manager's settings. Each is a system property or, alternatively, an environment variable with the same name in
 * upper case and '_' for '.'.
 *
 * @param bind address that the gRPC server listens on
 * @param self how nodes, clients and other managers reach this one
 * @param takeover how long the leader's row in the database must stay unchanged before another manager takes over
 * @param chainLength members of a full chain; the first epoch waits for this many nodes
 * @param lease how long a node may act after a heartbeat
 * @param margin how much longer than a lease the manager waits before it relies on its end
 * @param heartbeat how often nodes report; after three missed reports a node counts as silent
 * @param reviveGrace how long a chain without any live member waits for the last of its complete members
 */
public record ManagerConfig(
        InetSocketAddress bind,
        ManagerIdentity self,
        Duration takeover,
        int chainLength,
        ReadPolicy readPolicy,
        Duration lease,
        Duration margin,
        Duration heartbeat,
        Duration reviveGrace) {
    static final String BIND = "craq.manager.bind";
    static final String GRPC_PORT = "craq.manager.grpc.port";
    static final String ID = "craq.manager.id";
    static final String GRPC_ADDRESS = "craq.manager.grpc.address";
    static final String HTTP_URL = "craq.manager.http.url";
    static final String TAKEOVER = "craq.manager.takeover.millis";
    static final String CHAIN_LENGTH = "craq.chain.length";
    static final String READ_POLICY = "craq.read.policy";
    static final String LEASE = "craq.lease.millis";
    static final String MARGIN = "craq.lease.margin.millis";
    static final String HEARTBEAT = "craq.heartbeat.millis";
    static final String REVIVE_GRACE = "craq.revive.grace.millis";

    private static final int SHORTEST_TAKEOVER_MILLIS = 600;

    public ManagerConfig {
        if (takeover.toMillis() < SHORTEST_TAKEOVER_MILLIS) {
            throw new IllegalArgumentException(
                    TAKEOVER + " is " + takeover.toMillis() + ", but must be at least " + SHORTEST_TAKEOVER_MILLIS);
        }
        if (heartbeat.multipliedBy(2).compareTo(lease) > 0) {
            throw new IllegalArgumentException(LEASE + " must be at least twice " + HEARTBEAT + ", but they are "
                    + lease.toMillis() + " and " + heartbeat.toMillis());
        }
    }

    /**
     * Reads all settings.
     *
     * @throws IllegalArgumentException naming the property whose value cannot be used
     */
    public static ManagerConfig read(Settings settings) {
        String host = settings.text(BIND, "127.0.0.1");
        int port = settings.number(GRPC_PORT, 9005, 1, 65_535);
        String address = settings.text(GRPC_ADDRESS, host + ":" + port);
        return new ManagerConfig(
                resolved(host, port),
                new ManagerIdentity(settings.text(ID, address), address, TlsSettings.httpUrl(settings, HTTP_URL, host)),
                settings.millis(TAKEOVER, 1_200),
                settings.number(CHAIN_LENGTH, 3, 1, ChainRules.LONGEST),
                ReadPolicy.parse(READ_POLICY, settings.text(READ_POLICY, ReadPolicy.TAIL_PREFERRED.text())),
                settings.millis(LEASE, 2_000),
                settings.millis(MARGIN, 200),
                settings.millis(HEARTBEAT, 500),
                settings.millis(REVIVE_GRACE, 10_000));
    }

    private static InetSocketAddress resolved(String host, int port) {
        InetSocketAddress bind = new InetSocketAddress(host, port);
        if (bind.isUnresolved()) {
            throw new IllegalArgumentException(BIND + " is '" + host + "', which is not an address of this machine");
        }
        return bind;
    }

    /** Returns the settings that decide who is a member of a chain. */
    public ChainRules chainRules() {
        return new ChainRules(chainLength, lease, margin, heartbeat, reviveGrace);
    }
}
