package org.craq.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.craq.client.FailureReason;

/**
 * A chain on one machine: PostgreSQL, one manager or several, and some nodes, each a process of its own, all on 127.0.0.1 unless
 * placed elsewhere. What it starts outlives this process; a later one that names the same data directory finds it again. Files survive
 * {@link #down} and {@link #up}. Used by the commands and by tests:
 *
 * <pre>{@code
 * try (LocalCluster cluster = LocalCluster.builder().data(folder).nodes(3).freePorts().build()) {
 *     cluster.up();
 *     cluster.kill("n2");
 * }
 * }</pre>
 *
 * <p>Failures are {@link ClusterException}s whose message names the log to read. Not for several threads, but for
 * {@link #abort}.
 */
public final class LocalCluster implements AutoCloseable {
    private final Path data;
    private final Installation installation;
    private final StateFile stateFile;
    private final StartProgress progress;
    private final UnaryOperator<ClusterOptions> wishes;
    private final Duration startLimit;
    /** Held while a process is started and written down: whoever aborts knows of all of them, or prevents them. */
    private final Object launching = new Object();

    private volatile boolean aborted;

    LocalCluster(LocalClusterBuilder builder) {
        data = builder.data.toAbsolutePath().normalize();
        installation = Optional.ofNullable(builder.installation).orElseGet(() -> Installation.in(Installation.home()));
        stateFile = new StateFile(data);
        progress = builder.progress;
        wishes = builder::apply;
        startLimit = builder.startLimit;
    }

    public static LocalClusterBuilder builder() {
        return new LocalClusterBuilder();
    }

    /** Starts what is not up yet and returns when all of it serves. When that fails, what was started is stopped again. */
    public void up() {
        up(server -> true);
    }

    /** As {@link #up()}, but starts no servers except these. */
    public void up(Collection<String> ids) {
        up(server -> ids.contains(server.id()));
    }

    private void up(Predicate<ServerSpec> wanted) {
        installation.check();
        createDataDirectory();
        ClusterLock.during(data, () -> startMissing(wanted));
    }

    /** Stops everything gracefully: nodes, manager, database. Nothing happens where nothing is up. */
    public void down() {
        if (stateFile.read().isEmpty()) {
            return;
        }
        ClusterLock.during(data, this::stopAll);
    }

    /** For a shutdown hook, while another thread may still be in {@link #up}: that fails, and everything is stopped. */
    public void abort() {
        aborted = true;
        synchronized (launching) {
            if (stateFile.read().isPresent()) {
                stopAll();
            }
        }
    }

    /** Ends one server at once, as a power failure would (SIGKILL). */
    public void kill(String id) {
        change(id, server -> group().signal(server, "KILL"));
    }

    /** Ends one server gracefully; its node hands over before. */
    public void stop(String id) {
        change(id, server -> {
            if (!alive(id)) {
                throw new ClusterException(id + " is not up.");
            }
            group().stop(List.of(server));
        });
    }

    /** Starts one server of a cluster that is up, and returns when it serves. */
    public void start(String id) {
        installation.check();
        change(id, server -> {
            if (alive(id)) {
                throw new ClusterException(id + " is up already.");
            }
            if (database().process().isEmpty()) {
                throw new ClusterException("The cluster is not up. Start all of it: craq up");
            }
            checkPorts(options(), List.of(server), false);
            launch(server, database());
            group().awaitServing(List.of(server), managerServers());
        });
    }

    /** Freezes a server (SIGSTOP): it holds its connections and answers nothing. */
    public void pause(String id) {
        change(id, server -> group().signal(server, "STOP"));
    }

    /** Lets a frozen server go on. */
    public void resume(String id) {
        change(id, server -> group().signal(server, "CONT"));
    }

    /** True when every process is there; whether they serve is for {@link #status} to say. */
    public boolean isUp() {
        return stateFile.read().isPresent()
                && database().process().isPresent()
                && servers().stream().allMatch(server -> alive(server.id()));
    }

    /** True when at least one process is there. */
    public boolean isPartlyUp() {
        return stateFile.read().isPresent()
                && (database().process().isPresent() || servers().stream().anyMatch(server -> alive(server.id())));
    }

    public ClusterStatus status() {
        return new ClusterStatus(
                data,
                database().process().map(ProcessRef::pid),
                options().ports().database(),
                servers().stream().map(this::status).toList());
    }

    /** The file with the server's log; {@code postgres} names the database's. */
    public Path log(String id) {
        return id.equals("postgres") ? database().log() : server(id).readableLog();
    }

    /** host:port of the first manager's gRPC server. */
    public String managerAddress() {
        return managerAddresses().get(0);
    }

    /** host:port of each manager's gRPC server, whether it leads or not. */
    public List<String> managerAddresses() {
        return ServerSpec.managerAddresses(options());
    }

    /** The ids of all managers, up or not. */
    public List<String> managers() {
        return managerServers().stream().map(ServerSpec::id).toList();
    }

    /** Base of the first manager's REST interface. */
    public String managerUrl() {
        return server(ServerSpec.MANAGER).httpUrl();
    }

    /** Base of the REST interface of a node, or of a manager. */
    public String nodeUrl(String id) {
        return server(id).httpUrl();
    }

    /** The ids of all nodes, up or not. */
    public List<String> nodes() {
        return servers().stream()
                .filter(server -> !server.manager())
                .map(ServerSpec::id)
                .toList();
    }

    /** How to reach the database: JDBC URL, user, password. */
    public DatabaseAccess databaseAccess() {
        return new DatabaseAccess(database().url(), Postgres.ROLE, state().databasePassword());
    }

    /** The folder that holds everything. */
    public Path data() {
        return data;
    }

    /** Stops everything, as {@link #down}; the data stay. */
    @Override
    public void close() {
        down();
    }

    private void startMissing(Predicate<ServerSpec> wanted) {
        ClusterOptions options = settleOptions();
        Postgres database = database();
        boolean startDatabase = database.process().isEmpty();
        List<ServerSpec> all = servers().stream().filter(wanted).toList();
        List<ServerSpec> missing =
                all.stream().filter(server -> !alive(server.id())).toList();
        checkPorts(options, missing, startDatabase);
        try {
            startDatabase(database);
            missing.forEach(server -> launch(server, database));
            group().awaitServing(all, managerServers());
        } catch (RuntimeException e) {
            requireNotAborted();
            progress.step("that failed: stopping what was started");
            group().stop(missing);
            if (startDatabase) {
                database.stop();
            }
            throw e;
        }
    }

    private void stopAll() {
        Postgres database = database();
        List<ServerSpec> servers = servers();
        // Nodes first: they announce their leave to the manager, and write to the database.
        group().stop(servers.stream().filter(server -> !server.manager()).toList());
        group().stop(servers.stream().filter(ServerSpec::manager).toList());
        if (database.process().isPresent()) {
            database.stop();
            progress.step("postgres is down");
        }
    }

    private void startDatabase(Postgres database) {
        synchronized (launching) {
            requireNotAborted();
            if (database.process().isEmpty()) {
                progress.step("starting postgres (port " + options().ports().database() + ")");
            }
            database.start();
        }
    }

    private void launch(ServerSpec server, Postgres database) {
        synchronized (launching) {
            requireNotAborted();
            group().launch(server, database);
        }
    }

    private void requireNotAborted() {
        if (aborted) {
            throw new ClusterException("Interrupted.");
        }
    }

    private void change(String id, Consumer<ServerSpec> change) {
        ServerSpec server = server(id);
        ClusterLock.during(data, () -> change.accept(server));
    }

    private void checkPorts(ClusterOptions options, List<ServerSpec> starting, boolean withDatabase) {
        List<String> owners =
                new ArrayList<>(starting.stream().map(ServerSpec::id).toList());
        if (withDatabase) {
            owners.add("postgres");
        }
        PortCheck.requireFree(options.ports().uses().stream()
                .filter(use ->
                        owners.contains(use.owner()) && options.placement().sharesPorts(use.owner()))
                .toList());
    }

    /** The kept options with this command's wishes; they can't change under running servers. */
    private ClusterOptions settleOptions() {
        Optional<ClusterState> former = stateFile.read();
        ClusterOptions wished = wishes.apply(former.map(ClusterState::options).orElse(ClusterOptions.DEFAULT));
        if (former.isEmpty()) {
            stateFile.write(new ClusterState(wished, Passwords.make(), Map.of()));
        } else if (!former.get().options().equals(wished)) {
            if (isPartlyUp()) {
                throw new ClusterException("The cluster in " + data
                        + " is up with other options. Stop it first: craq down; or give none.");
            }
            stateFile.write(former.get().with(wished));
        }
        return wished;
    }

    private void createDataDirectory() {
        try {
            // A folder that holds other things, too, keeps its mode: what is secret lies in folders of the cluster's
            // own.
            if (!Files.isDirectory(data) || stateFile.read().isPresent() || isEmpty(data)) {
                Directories.createOwnerOnly(data);
            }
        } catch (IOException e) {
            throw new ClusterException(
                    "The data directory " + data + " can't be created: " + FailureReason.ofFile(e) + ". Change --data.",
                    e);
        }
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.findAny().isEmpty();
        }
    }

    private ServerStatus status(ServerSpec server) {
        Optional<ProcessRef> process = state().process(server.id()).filter(ProcessRef::alive);
        return new ServerStatus(
                server.id(),
                server.manager(),
                process.map(ProcessRef::pid),
                server.httpUrl(),
                server.grpcAddress(),
                server.readableLog());
    }

    private boolean alive(String id) {
        return state().alive(id);
    }

    private ServerGroup group() {
        return new ServerGroup(installation, stateFile, startLimit, progress);
    }

    private Postgres database() {
        return new Postgres(
                new PostgresBinaries(installation.postgres()),
                data.resolve("postgres"),
                options().placement().host(Placement.DATABASE),
                servers().stream().map(ServerSpec::host).distinct().toList(),
                options().ports().database(),
                state().databasePassword());
    }

    private List<ServerSpec> servers() {
        return ServerSpec.all(options(), data);
    }

    private List<ServerSpec> managerServers() {
        return servers().stream().filter(ServerSpec::manager).toList();
    }

    private ServerSpec server(String id) {
        List<ServerSpec> servers = servers();
        return servers.stream()
                .filter(server -> server.id().equals(id))
                .findFirst()
                .orElseThrow(() -> ClusterException.wrongUsage("There is no server '" + id + "'. There are: "
                        + String.join(", ", servers.stream().map(ServerSpec::id).toList()) + "."));
    }

    private ClusterOptions options() {
        return state().options();
    }

    private ClusterState state() {
        return stateFile
                .read()
                .orElseThrow(() -> new ClusterException(
                        "There is no cluster in " + data + ". Start one: craq up; or name another folder: --data DIR"));
    }
}
