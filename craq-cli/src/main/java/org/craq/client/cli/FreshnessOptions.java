package org.craq.client.cli;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.craq.client.Consistency;
import org.craq.client.Freshness;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options for how fresh the answer to a read must be, which {@code get}, {@code stat} and others share. */
final class FreshnessOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--consistency",
            paramLabel = "LEVEL",
            description = "One of ${COMPLETION-CANDIDATES}. Default: STRONG.")
    private Consistency consistency;

    @Option(
            names = "--max-age",
            paramLabel = "MS",
            description = "With BOUNDED: reflect everything committed at least MS milliseconds ago.")
    private Long maxAgeMillis;

    @Option(names = "--max-lag", paramLabel = "N", description = "With BOUNDED: lag by at most N versions.")
    private Long maxLag;

    @Option(
            names = "--session",
            paramLabel = "TOKEN",
            description =
                    "Reflect at least the state that this token stands for; every answer contains a token (see --json).")
    private String session;

    Freshness freshness() {
        boolean bounded = maxAgeMillis != null || maxLag != null;
        Consistency level = consistency != null ? consistency : bounded ? Consistency.BOUNDED : Consistency.STRONG;
        try {
            return new Freshness(
                    level,
                    Optional.ofNullable(maxAgeMillis).map(Duration::ofMillis),
                    maxLag == null ? OptionalLong.empty() : OptionalLong.of(maxLag),
                    Optional.ofNullable(session));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command.commandLine(), e.getMessage(), e);
        }
    }
}
