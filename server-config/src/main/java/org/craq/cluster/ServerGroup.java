package org.craq.cluster;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Starts and stops the application servers of one cluster and keeps the {@link StateFile} up to date: each process is
 * recorded as soon as it exists, so that none is lost when the command itself is killed.
 */
final class ServerGroup {
    private static final Duration STOP_LIMIT = Duration.ofSeconds(20);
    /**
     * Number of servers that may start together within the limit for one server; more get proportionally more time, as
     * they share the processors.
     */
    private static final int STARTED_AT_ONCE = 4;

    private static final Duration POLL = Duration.ofMillis(150);

    private final Path data;
    private final Installation installation;
    private final StateFile stateFile;
    private final Duration startLimit;
    private final StartProgress progress;

    ServerGroup(
            Path data, Installation installation, StateFile stateFile, Duration startLimit, StartProgress progress) {
        this.data = data;
        this.installation = installation;
        this.stateFile = stateFile;
        this.startLimit = startLimit;
        this.progress = progress;
    }

    /** Starts the process and returns at once. */
    void launch(ServerSpec server, DatabaseAccess database) {
        ClusterState state = state();
        ProcessRef process = new WildFly(installation, server).launch(state.options(), database);
        stateFile.write(state.with(server.id(), process));
        progress.step("starting " + server.id() + " (pid " + process.pid() + ", " + server.httpUrl() + ")");
    }

    /**
     * Waits until every server serves, or is a node that has nothing to serve. Fails as soon as one of them can't, with
     * an excerpt of its log.
     */
    void awaitServing(List<ServerSpec> servers, List<ServerSpec> managers) {
        Duration limit = startLimit.multipliedBy((servers.size() + STARTED_AT_ONCE - 1) / STARTED_AT_ONCE);
        StatusPage pages = new StatusPage(
                Certificates.http(state().options()), LocalSecurity.authorization(data, state().options()));
        long begin = System.nanoTime();
        List<ServerSpec> waiting = new ArrayList<>(servers);
        while (!waiting.isEmpty()) {
            for (ServerSpec server : List.copyOf(waiting)) {
                if (pages.serving(server)) {
                    waiting.remove(server);
                    progress.step(server.id() + " serves after " + seconds(begin) + " s");
                } else if (pages.spare(server, managers)) {
                    waiting.remove(server);
                    progress.step(server.id() + " is up after " + seconds(begin) + " s, as a spare node");
                } else {
                    requireHope(server, pages);
                }
            }
            if (!waiting.isEmpty()) {
                if (System.nanoTime() - begin > limit.toNanos()) {
                    throw tooLate(waiting, limit);
                }
                pause();
            }
        }
    }

    /** Asks all servers to stop, then waits for each; a server that does not stop in time is killed. */
    void stop(List<ServerSpec> servers) {
        ClusterState state = state();
        List<ServerSpec> running =
                servers.stream().filter(server -> state.alive(server.id())).toList();
        running.forEach(server -> state.process(server.id()).ifPresent(process -> process.signal("TERM")));
        for (ServerSpec server : running) {
            ProcessRef process = state.process(server.id()).orElseThrow();
            if (!process.awaitEnd(STOP_LIMIT)) {
                progress.step(server.id() + " did not stop within " + STOP_LIMIT.toSeconds() + " s and is killed");
                process.signal("KILL");
                process.awaitEnd(STOP_LIMIT);
            }
            progress.step(server.id() + " is down");
        }
        servers.forEach(server -> stateFile.write(state().without(server.id())));
    }

    /** Sends a signal to a server, which must be up. */
    void signal(ServerSpec server, String signal) {
        ProcessRef process = state().process(server.id())
                .filter(ProcessRef::alive)
                .orElseThrow(() -> new ClusterException(server.id() + " is not up."));
        process.signal(signal);
        if (signal.equals("KILL")) {
            process.awaitEnd(STOP_LIMIT);
            stateFile.write(state().without(server.id()));
        }
    }

    private ClusterState state() {
        return stateFile.read().orElseThrow(() -> new ClusterException("There is no cluster here."));
    }

    private void requireHope(ServerSpec server, StatusPage pages) {
        new WildFly(installation, server).deploymentFailure().ifPresent(reason -> {
            throw new ClusterException(reason);
        });
        pages.refusedDatabase(server).ifPresent(reason -> {
            throw new ClusterException(server.id() + " does not start: " + reason);
        });
        if (!state().alive(server.id())) {
            throw new ClusterException(
                    server.id() + " ended while it was starting. " + LogExcerpt.of(server.readableLog()));
        }
    }

    private ClusterException tooLate(List<ServerSpec> waiting, Duration limit) {
        ServerSpec first = waiting.get(0);
        List<String> ids = waiting.stream().map(ServerSpec::id).toList();
        return new ClusterException(String.join(", ", ids) + " did not start to serve within " + limit.toSeconds()
                + " s. " + LogExcerpt.of(first.readableLog()));
    }

    private static String seconds(long begin) {
        return "%.1f".formatted((System.nanoTime() - begin) / 1e9);
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(POLL.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClusterException("Interrupted while waiting for the servers.", e);
        }
    }
}
