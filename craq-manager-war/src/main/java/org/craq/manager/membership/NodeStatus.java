package org.craq.manager.membership;

import java.time.Duration;
import java.util.Optional;
import org.craq.core.membership.Registration;

/**
 * A registered node at one moment.
 *
 * @param leaving it has announced its stop
 * @param sinceHeartbeat empty when this manager has not heard of it yet
 */
public record NodeStatus(
        Registration registration, boolean alive, boolean leaving, Optional<Duration> sinceHeartbeat) {}
