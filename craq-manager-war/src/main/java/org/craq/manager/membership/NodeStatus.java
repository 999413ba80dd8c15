package org.craq.manager.membership;

import java.time.Duration;
import java.util.Optional;
import org.craq.core.membership.Registration;

/**
 * A registered node at one moment.
 *
 * @param leaving whether it has announced its stop
 * @param sinceHeartbeat empty if this manager has not heard from it yet
 */
public record NodeStatus(
        Registration registration, boolean alive, boolean leaving, Optional<Duration> sinceHeartbeat) {}
