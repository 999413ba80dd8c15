package org.craq.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.craq.client.ClusterHttp;
import org.craq.client.CraqClient;
import org.craq.client.FailureReason;

/**
 * A chain on one machine: PostgreSQL, one or more managers, and some nodes, each a separate process, all on 127.0.0.1 unless placed
 * elsewhere. The processes outlive this one; a later process that names the same data directory finds them again. Files survive {@link
 * #down} and {@link #up}. Used by the commands and by tests:
 *
 * <pre>{@code
 * try (LocalCluster cluster = LocalCluster.builder().data(folder).nodes(3).freePorts().build()) {
 *     cluster.up();
 *     cluster.kill("n2");
 * }
 * }</pre>
 *
 * <p>Failures are thrown as a {@link ClusterException} whose message names the log to read. Not thread-safe, except for {@link #abort}.
 */
public final class LocalCluster implements AutoCloseable {
    private final Path data;
    private final Installation installation;
    private final StateFile stateFile;
    private final StartProgress progress;
    private final UnaryOperator<ClusterOptions> wishes;
    private final Predicate<Boolean> securesItself;
    private final Duration startLimit;
    /** Held while a process is started and recorded, so that {@link #abort} either knows the process or prevents it. */
    private final Object launching = new Object();

    private volatile boolean aborted;

    LocalCluster(LocalClusterBuilder builder) {
        data = builder.data.toAbsolutePath().normalize();
        installation = Optional.ofNullable(builder.installation).orElseGet(() -> Installation.in(Installation.home()));
        stateFile = new StateFile(data);
        progress = builder.progress;
        wishes = builder::apply;
        securesItself = builder::securesItself;
        startLimit = builder.startLimit;
    }

    /** Returns a builder for the description of a cluster. */
    public static LocalClusterBuilder builder() {
        return new LocalClusterBuilder();
    }

    /**
     * Starts the processes that are not up yet, and returns when all of them serve. If that fails, those that it has
     * started are stopped again.
     */
    public void up() {
        up(server -> true);
    }

    /** Starts the database and these servers only, like {@link #up()}. */
    public void up(Collection<String> ids) {
        up(server -> ids.contains(server.id()));
    }

    private void up(Predicate<ServerSpec> wanted) {
        installation.check();
        createDataDirectory();
        ClusterLock.during(data, () -> startMissing(wanted));
    }

    /** Stops everything gracefully: nodes, managers, database. Does nothing if nothing is up. */
    public void down() {
        if (stateFile.read().isEmpty()) {
            return;
        }
        ClusterLock.during(data, this::stopAll);
    }

    /** Stops everything, for a shutdown hook: a concurrent {@link #up} in another thread fails. */
    public void abort() {
        aborted = true;
        synchronized (launching) {
            if (stateFile.read().isPresent()) {
                stopAll();
            }
        }
    }

    /** Kills one server immediately (SIGKILL), like a power failure. */
    public void kill(String id) {
        change(id, server -> group().signal(server, "KILL"));
    }

    /** Stops one server gracefully; a node announces that it leaves the chain. */
    public void stop(String id) {
        change(id, server -> {
            if (!alive(id)) {
                throw new ClusterException(id + " is not up.");
            }
            group().stop(List.of(server));
        });
    }

    /** Starts one server of a running cluster, and returns when it serves. */
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

    /** Freezes a server (SIGSTOP): it keeps its connections but answers nothing. */
    public void pause(String id) {
        change(id, server -> group().signal(server, "STOP"));
    }

    /** Resumes a frozen server. */
    public void resume(String id) {
        change(id, server -> group().signal(server, "CONT"));
    }

    /** Returns true if every process exists; see {@link #status} and the servers' own pages for whether they serve. */
    public boolean isUp() {
        return stateFile.read().isPresent()
                && database().process().isPresent()
                && servers().stream().allMatch(server -> alive(server.id()));
    }

    /** Returns true if at least one process exists. */
    public boolean isPartlyUp() {
        return stateFile.read().isPresent()
                && (database().process().isPresent() || servers().stream().anyMatch(server -> alive(server.id())));
    }

    /**
     * Makes the servers that are up use their present certificates for new HTTPS connections, and returns their ids.
     *
     * @throws ClusterException if the cluster has no certificates, is not up, or a server can't use its files
     */
    public List<String> reloadCertificates() {
        if (authorities().isEmpty()) {
            throw new ClusterException(
                    "The cluster in " + data
                            + " has no certificates. Make them with 'craq certs init', and start it with 'craq up --certs DIR'.");
        }
        List<ServerSpec> up =
                servers().stream().filter(server -> alive(server.id())).toList();
        if (up.isEmpty()) {
            throw new ClusterException("The cluster is not up, and uses the present certificates when it starts.");
        }
        // A store that does not open is found before any server has been asked.
        up.forEach(server -> Certificates.keyStore(options(), server.id()));
        new ManagementClient(installation).loadKeyStores(up);
        return up.stream().map(ServerSpec::id).toList();
    }

    /** Returns the state of all processes. */
    public ClusterStatus status() {
        return new ClusterStatus(
                data,
                database().process().map(ProcessRef::pid),
                options().ports().database(),
                servers().stream().map(this::status).toList());
    }

    /** Returns the file with the log of a server; {@code postgres} stands for the database. */
    public Path log(String id) {
        return id.equals("postgres") ? database().log() : server(id).readableLog();
    }

    /** Returns host:port of the first manager's gRPC server. */
    public String managerAddress() {
        return managerAddresses().get(0);
    }

    /** Returns host:port of each manager's gRPC server, whether it leads or not. */
    public List<String> managerAddresses() {
        return ServerSpec.managerAddresses(options());
    }

    /** Returns the authorities that issued the certificates of the servers; empty if nothing is encrypted. */
    public Optional<Path> authorities() {
        return Certificates.authorities(options());
    }

    /** Returns the file with the access key of the administrator; empty if the servers do not ask who calls. */
    public Optional<Path> administratorKey() {
        return isSecure() ? Optional.of(LocalSecurity.keyFile(data)).filter(Files::exists) : Optional.empty();
    }

    /** Returns the pages of the servers, as the cluster's administrator sees them. */
    public StatusPage pages() {
        return new StatusPage(http(), authorization());
    }

    /** Returns the settings of a client of this cluster, which is its administrator if the cluster has users. */
    public CraqClient.Builder client() {
        CraqClient.Builder builder =
                CraqClient.builder().manager(managerAddresses().toArray(String[]::new));
        Certificates.ofClient(options()).ifPresent(builder::tls);
        LocalSecurity.credentials(data, options()).ifPresent(builder::credentials);
        return builder;
    }

    /** Returns the Authorization header of the administrator; empty if the servers do not ask who calls. */
    public Optional<String> authorization() {
        return LocalSecurity.authorization(data, options());
    }

    /**
     * Returns the environment variables with which other programs reach the cluster as its administrator. Writes the
     * files that curl needs.
     */
    public Map<String, String> environment() throws IOException {
        Map<String, String> variables = new LinkedHashMap<>();
        variables.put("CRAQ_MANAGER", String.join(",", managerAddresses()));
        variables.put("CRAQ_MANAGER_URL", managerUrl());
        if (authorities().isPresent()) {
            variables.put("CRAQ_TLS_CA", authorities().get().toString());
        }
        if (isSecure()) {
            variables.put("CRAQ_ACCESS_KEY_FILE", LocalSecurity.keyFile(data).toString());
        }
        if (authorities().isPresent()) {
            variables.put("CURL_HOME", LocalSecurity.curlHome(data, options()).toString());
        }
        return variables;
    }

    /** Returns whether the servers ask who calls. */
    public boolean isSecure() {
        return LocalSecurity.isOn(options());
    }

    /** Returns HTTP connections to the servers of this cluster. */
    public ClusterHttp http() {
        return Certificates.http(options());
    }

    /** Returns the ids of all managers, whether they are up or not. */
    public List<String> managers() {
        return managerServers().stream().map(ServerSpec::id).toList();
    }

    /** Returns the base URL of the first manager's REST interface. */
    public String managerUrl() {
        return server(ServerSpec.MANAGER).httpUrl();
    }

    /** Returns the base URL of the REST interface of a node or manager. */
    public String nodeUrl(String id) {
        return server(id).httpUrl();
    }

    /** Returns the ids of all nodes, whether they are up or not. */
    public List<String> nodes() {
        return servers().stream()
                .filter(server -> !server.manager())
                .map(ServerSpec::id)
                .toList();
    }

    /** Returns how a server connects to the database: JDBC URL, user, password. */
    public DatabaseAccess databaseAccess(String id) {
        return database().access(state().roles().of(server(id)));
    }

    /** Returns the database server, to be started and stopped by itself; its access is that of one of the servers. */
    public LocalDatabase databaseOf(String id) {
        return new LocalDatabase(database(), state().roles().of(server(id)));
    }

    /** Returns the folder that contains all data of the cluster. */
    public Path data() {
        return data;
    }

    /** Stops everything, like {@link #down}; the data are kept. */
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
            progress.step("the start failed: stopping the servers started so far");
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
        // Nodes first: they announce to the manager that they leave, and write to the database.
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
            group().launch(server, database.access(state().roles().of(server)));
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

    /**
     * Combines the stored options with those of this command, and stores them; options can't change while servers are
     * running.
     */
    private ClusterOptions settleOptions() {
        Optional<ClusterState> former = stateFile.read();
        ClusterOptions wished = LocalSecurity.prepare(
                data,
                wishes.apply(former.map(ClusterState::options).orElse(ClusterOptions.DEFAULT)),
                securesItself.test(former.isEmpty()));
        if (former.isEmpty()) {
            stateFile.write(new ClusterState(wished, Passwords.make(), true, Map.of()));
        } else if (!former.get().options().equals(wished)) {
            if (isPartlyUp()) {
                throw new ClusterException("The cluster in " + data
                        + " is up with other options. Stop it first with 'craq down', or give no options.");
            }
            stateFile.write(former.get().with(wished));
        }
        return wished;
    }

    private void createDataDirectory() {
        try {
            // An existing folder that contains other things as well keeps its mode: secrets are in folders of the
            // cluster's own.
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
        return new ServerGroup(data, installation, stateFile, startLimit, progress);
    }

    private Postgres database() {
        return new Postgres(
                new PostgresBinaries(installation.postgres()),
                data.resolve("postgres"),
                options().placement().host(Placement.DATABASE),
                servers().stream().map(ServerSpec::host).distinct().toList(),
                options().ports().database(),
                state().roles().of(servers()));
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
                .orElseThrow(() -> new ClusterException("There is no cluster in " + data
                        + ". Start one with 'craq up', or name another folder with --data DIR"));
    }
}
