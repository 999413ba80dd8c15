package org.craq.manager;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.craq.manager.routing.ReadPolicy;

/**
 * The manager's settings. Each has a system property; the environment variable with the same name in upper case and '_'
 * is the alternative.
 *
 * @param bind address that the gRPC server listens on
 * @param chainLength members of a full chain; the first epoch waits for so many nodes
 * @param lease how long a node may act after a heartbeat
 * @param margin what the manager waits beyond a lease before it counts on its end
 * @param heartbeat how often nodes report; after three without a report a node counts as silent
 * @param reviveGrace how long a chain that was down as a whole waits for the last of its complete members
 */
public record ManagerConfig(
        InetSocketAddress bind,
        int chainLength,
        ReadPolicy readPolicy,
        Duration lease,
        Duration margin,
        Duration heartbeat,
        Duration reviveGrace) {
    static final String BIND = "craq.manager.bind";
    static final String GRPC_PORT = "craq.manager.grpc.port";
    static final String CHAIN_LENGTH = "craq.chain.length";
    static final String READ_POLICY = "craq.read.policy";
    static final String LEASE = "craq.lease.millis";
    static final String MARGIN = "craq.lease.margin.millis";
    static final String HEARTBEAT = "craq.heartbeat.millis";
    static final String REVIVE_GRACE = "craq.revive.grace.millis";

    private static final int LONGEST_CHAIN = 16;
    private static final int LONGEST_WAIT_MILLIS = 600_000;

    public ManagerConfig {
        if (bind.isUnresolved()) {
            throw new IllegalArgumentException(
                    BIND + " is '" + bind.getHostString() + "', which is no address of this machine");
        }
        if (heartbeat.multipliedBy(2).compareTo(lease) > 0) {
            throw new IllegalArgumentException(LEASE + " must be at least twice " + HEARTBEAT + ", but they are "
                    + lease.toMillis() + " and " + heartbeat.toMillis());
        }
    }

    /**
     * Reads all settings.
     *
     * @param lookup the value of a name, or null
     * @throws IllegalArgumentException naming the property whose value can't be used
     */
    public static ManagerConfig read(UnaryOperator<String> lookup) {
        Source source = new Source(lookup);
        return new ManagerConfig(
                new InetSocketAddress(source.text(BIND, "127.0.0.1"), source.number(GRPC_PORT, 9005, 1, 65_535)),
                source.number(CHAIN_LENGTH, 3, 1, LONGEST_CHAIN),
                ReadPolicy.parse(READ_POLICY, source.text(READ_POLICY, ReadPolicy.TAIL_PREFERRED.text())),
                source.millis(LEASE, 2_000),
                source.millis(MARGIN, 500),
                source.millis(HEARTBEAT, 500),
                source.millis(REVIVE_GRACE, 10_000));
    }

    /** System properties first, then the environment. */
    public static ManagerConfig ofProcess() {
        return read(name -> Optional.ofNullable(System.getProperty(name))
                .orElseGet(() -> System.getenv(name.toUpperCase(Locale.ROOT).replace('.', '_'))));
    }

    /** How long after its last heartbeat a node counts as silent. */
    public Duration silence() {
        return heartbeat.multipliedBy(3);
    }

    private record Source(UnaryOperator<String> lookup) {
        String text(String name, String otherwise) {
            return Optional.ofNullable(lookup.apply(name))
                    .map(String::strip)
                    .filter(value -> !value.isEmpty())
                    .orElse(otherwise);
        }

        int number(String name, int otherwise, int least, int most) {
            String text = text(name, Integer.toString(otherwise));
            try {
                int value = Integer.parseInt(text);
                if (value >= least && value <= most) {
                    return value;
                }
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException(complaint(name, text, least, most), e);
            }
            throw new IllegalArgumentException(complaint(name, text, least, most));
        }

        Duration millis(String name, int otherwise) {
            return Duration.ofMillis(number(name, otherwise, 1, LONGEST_WAIT_MILLIS));
        }

        private static String complaint(String name, String text, int least, int most) {
            return name + " is '" + text + "', but must be a whole number from " + least + " to " + most;
        }
    }
}
