package org.craq.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Map;
import org.craq.client.FailureReason;

/** Runs small system programs and waits for their end. */
final class Commands {
    /** The output of a program (both streams) and its exit status. */
    record Outcome(int status, String output) {}

    private Commands() {}

    /** Runs a program that must succeed, and returns its output. */
    static String run(String... command) {
        return run(List.of(command), Map.of());
    }

    static String run(List<String> command, Map<String, String> environment) {
        Outcome outcome = attempt(command, environment);
        if (outcome.status() != 0) {
            throw new ClusterException("'" + String.join(" ", command) + "' failed with status " + outcome.status()
                    + (outcome.output().isBlank()
                            ? "."
                            : ":\n" + outcome.output().strip()));
        }
        return outcome.output();
    }

    static Outcome attempt(List<String> command, Map<String, String> environment) {
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().putAll(environment);
            Process process = builder.start();
            process.getOutputStream().close();
            try (InputStream output = process.getInputStream()) {
                String text = new String(output.readAllBytes(), Charset.defaultCharset());
                return new Outcome(process.waitFor(), text);
            }
        } catch (IOException e) {
            return new Outcome(127, FailureReason.ofFile(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClusterException("Interrupted while '" + command.get(0) + "' ran.", e);
        }
    }
}
