package org.craq.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.craq.client.internal.Names;
import org.craq.client.internal.Operations;
import org.craq.wire.CraqException;

/**
 * Stores files in a CRAQ cluster and reads them back. Thread-safe; make one and share it.
 *
 * <pre>{@code
 * try (CraqClient client = CraqClient.builder().manager("127.0.0.1:9005").build()) {
 *     Receipt receipt = client.put("reports/2026.pdf", Path.of("2026.pdf"));
 *     System.out.println(receipt.version() + " is durable on " + receipt.members());
 *     client.get("reports/2026.pdf", Path.of("copy.pdf"));
 *     for (FileInfo file : client.listAll("reports/")) {
 *         System.out.println(file.name() + " " + file.length());
 *     }
 * }
 * }</pre>
 *
 * <p>All methods block; see {@link #async} for methods that don't. Content is streamed in bounded memory, whatever its size, and checked
 * by CRC32C end to end. Lengths and offsets are in bytes.
 *
 * <p>A failure of the store is thrown as a {@link CraqException} with an error code; a failure of a local file or stream as an {@link
 * IOException}. The client retries what can be retried, asking the manager for a member each time, until the operation has made no
 * progress for the operation timeout. A write is retried under the same write id, so it takes effect at most once. A write from a
 * {@link Path} can always be sent again; one from an {@link InputStream} only while no more than {@value #REPLAY_BYTES} bytes have been
 * read from it. If a write cannot be retried and its outcome is unknown, the code is {@code OUTCOME_UNKNOWN} and the message contains the
 * write id: put the same content again with {@link PutOptions#withWriteId} to learn the outcome.
 *
 * <p>These codes may come from any operation: {@code INVALID_ARGUMENT} for a name or option that the store does not accept, {@code
 * MANAGER_UNAVAILABLE} and {@code NO_CHAIN} while no manager answers or no member serves, {@code NOT_SERVING}, {@code OVERLOADED} and
 * {@code DATABASE_UNAVAILABLE} when the retries did not help, {@code UNAUTHENTICATED} and {@code PERMISSION_DENIED} where a cluster has
 * users, {@code INTERNAL} for a fault of a server. The methods name only the others.
 *
 * <p>{@link #close} ends all connections and threads of the client; operations still running then fail.
 */
public final class CraqClient implements AutoCloseable {
    /** Number of bytes of an {@link InputStream} that are remembered, so that they can be sent again. */
    public static final int REPLAY_BYTES = 8 << 20;

    private final Operations operations;

    private CraqClient(Operations operations) {
        this.operations = operations;
    }

    /** Starts the configuration of a client. Nothing is connected yet. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Stores the content of a local file as the newest version of {@code name}, as {@link #put(String, Path,
     * PutOptions)} does with the default options.
     */
    public Receipt put(String name, Path source) throws IOException {
        return put(name, source, PutOptions.defaults());
    }

    /**
     * Stores the content of a local file as the newest version of {@code name}. Fails, and stores nothing, if the local
     * file changes while it is read. With {@link PutOptions#withResume}, a put that is interrupted can be resumed.
     *
     * <pre>{@code
     * PutOptions resumable = PutOptions.defaults().withResume(Path.of("state"), System.out::println);
     * client.put("reports/2026.pdf", Path.of("2026.pdf"), resumable);
     * }</pre>
     *
     * @return the receipt, once the version is durable on every member that it names
     * @throws IOException when the local file can't be read, or has changed
     * @throws CraqException PRECONDITION_FAILED, WRITE_ID_REUSED, STORAGE_FULL, OUTCOME_UNKNOWN
     */
    public Receipt put(String name, Path source, PutOptions options) throws IOException {
        return operations.put(name, source, options);
    }

    /**
     * Stores everything that the stream delivers, as {@link #put(String, InputStream, PutOptions)} does with the
     * default options.
     */
    public Receipt put(String name, InputStream source) throws IOException {
        return put(name, source, PutOptions.defaults());
    }

    /**
     * Stores everything that the stream delivers as the newest version of {@code name}. The stream is not closed.
     *
     * <pre>{@code
     * byte[] text = "first".getBytes(StandardCharsets.UTF_8);
     * PutOptions once = PutOptions.defaults().withContentType("text/plain").ifAbsent();
     * Receipt receipt = client.put("notes/today", new ByteArrayInputStream(text), once);
     * }</pre>
     *
     * @return the receipt, once the version is durable on every member that it names
     * @throws IOException when the stream can't be read
     * @throws IllegalArgumentException when the options ask for a put that can be resumed
     * @throws CraqException PRECONDITION_FAILED, WRITE_ID_REUSED, STORAGE_FULL, OUTCOME_UNKNOWN
     */
    public Receipt put(String name, InputStream source, PutOptions options) throws IOException {
        return operations.put(name, source, options);
    }

    /**
     * Appends the content of a local file, as {@link #append(String, Path, PutOptions)} does with the default options.
     */
    public Receipt append(String name, Path source) throws IOException {
        return append(name, source, PutOptions.defaults());
    }

    /**
     * Appends the content of a local file to a file of the store, which is created if it does not exist. Content type
     * and user metadata apply only to a file that is created; an existing file keeps its own. Concurrent appends are
     * applied one after the other, each as a whole.
     *
     * @return the receipt of the new version; its length and checksum are those of the whole file
     * @throws IOException when the local file can't be read, or has changed
     * @throws IllegalArgumentException when the options ask for a put that can be resumed
     * @throws CraqException PRECONDITION_FAILED, WRITE_ID_REUSED, CONTENT_TOO_LARGE, STORAGE_FULL, OUTCOME_UNKNOWN
     */
    public Receipt append(String name, Path source, PutOptions options) throws IOException {
        return operations.append(name, source, options);
    }

    /**
     * Appends everything that the stream delivers, like {@link #append(String, Path, PutOptions)}. The stream is not closed.
     *
     * <pre>{@code
     * byte[] line = "one more line\n".getBytes(StandardCharsets.UTF_8);
     * Receipt receipt = client.append("logs/today", new ByteArrayInputStream(line), PutOptions.defaults());
     * System.out.println(receipt.length() + " bytes by now");
     * }</pre>
     *
     * @return the receipt of the new version; its length and checksum are those of the whole file
     * @throws IOException when the stream can't be read
     * @throws IllegalArgumentException when the options ask for a put that can be resumed
     * @throws CraqException PRECONDITION_FAILED, WRITE_ID_REUSED, CONTENT_TOO_LARGE, STORAGE_FULL, OUTCOME_UNKNOWN
     */
    public Receipt append(String name, InputStream source, PutOptions options) throws IOException {
        return operations.append(name, source, options);
    }

    /**
     * Writes the newest version's content to the target stream, as {@link #get(String, OutputStream, GetOptions)} does
     * with the default options.
     */
    public FileInfo get(String name, OutputStream target) throws IOException {
        return get(name, target, GetOptions.defaults());
    }

    /**
     * Writes the content of a version, or a range of it, to the target stream, which is neither flushed nor closed. Returns only when the
     * whole content has been written; after an exception, the target may have received a part of it, every byte of it verified.
     *
     * <pre>{@code
     * ByteArrayOutputStream start = new ByteArrayOutputStream();
     * FileInfo info = client.get("reports/2026.pdf", start, GetOptions.defaults().withRange(0, 100));
     * }</pre>
     *
     * @return the version that was read
     * @throws IOException when the target can't be written
     * @throws CraqException NOT_FOUND, VERSION_PRUNED, RANGE_NOT_SATISFIABLE, CONTENT_DAMAGED
     */
    public FileInfo get(String name, OutputStream target, GetOptions options) throws IOException {
        return operations.get(name, target, options);
    }

    /**
     * Downloads the newest version into a local file, as {@link #get(String, Path, GetOptions)} does with the default
     * options.
     */
    public FileInfo get(String name, Path target) throws IOException {
        return get(name, target, GetOptions.defaults());
    }

    /**
     * Downloads a version, or a range of it, into a local file. The file is created or replaced atomically, once the
     * whole content has been received and forced to disk. A target that is not a regular file, such as a pipe, is
     * written to directly.
     *
     * @return the version that was read
     * @throws IOException when the local file can't be written
     * @throws CraqException NOT_FOUND, VERSION_PRUNED, RANGE_NOT_SATISFIABLE, CONTENT_DAMAGED
     */
    public FileInfo get(String name, Path target, GetOptions options) throws IOException {
        return operations.get(name, target, options);
    }

    /**
     * Opens the newest version for random access, as {@link #open(String, GetOptions)} does with the default options.
     */
    public SeekableByteChannel open(String name) {
        return open(name, GetOptions.defaults());
    }

    /**
     * Opens one version for random access: the one that the options name, or else the one that is the newest now. Later writes are not
     * visible through the channel; if retention prunes the version, reads fail with {@code VERSION_PRUNED}. To read it as a stream, use
     * {@link java.nio.channels.Channels#newInputStream}. The range and progress options are ignored. The channel is safe for use by several
     * threads, one at a time.
     *
     * <pre>{@code
     * try (SeekableByteChannel file = client.open("reports/2026.pdf", GetOptions.defaults())) {
     *     ByteBuffer end = ByteBuffer.allocate(16);
     *     file.position(Math.max(0, file.size() - 16)).read(end);
     * }
     * }</pre>
     *
     * @throws CraqException NOT_FOUND, VERSION_PRUNED; reads of the channel throw it, too
     */
    public SeekableByteChannel open(String name, GetOptions options) {
        return operations.open(name, options);
    }

    /**
     * Returns what is known of the newest version, as {@link #stat(String, GetOptions)} does with the default options.
     */
    public FileInfo stat(String name) {
        return stat(name, GetOptions.defaults());
    }

    /**
     * Returns what is known of a version, without its content. The range and progress options are ignored.
     *
     * <pre>{@code
     * FileInfo info = client.stat("reports/2026.pdf", GetOptions.defaults().withConsistency(Consistency.EVENTUAL));
     * System.out.println(info.length() + " bytes, as " + info.answered().node() + " knows it");
     * }</pre>
     *
     * @throws CraqException NOT_FOUND, VERSION_PRUNED
     */
    public FileInfo stat(String name, GetOptions options) {
        return operations.stat(name, options);
    }

    /**
     * Returns one page of files, in the byte order of their names. The pages of a listing are not a snapshot: each shows its own moment.
     *
     * <pre>{@code
     * ListPage page = client.list(ListOptions.prefix("reports/"));
     * page.files().forEach(file -> System.out.println(file.name()));
     * }</pre>
     */
    public ListPage list(ListOptions options) {
        return operations.list(options);
    }

    /**
     * Returns one page of a file's versions, newest first, including deletions and pruned versions.
     *
     * <pre>{@code
     * VersionPage page = client.versions("reports/2026.pdf", VersionOptions.all());
     * page.versions().forEach(version -> System.out.println(version.file().version() + " " + version.deleted()));
     * }</pre>
     *
     * @throws CraqException NOT_FOUND when no version is known
     */
    public VersionPage versions(String name, VersionOptions options) {
        return operations.versions(name, options);
    }

    /**
     * Lists all files whose names begin with the prefix. Pages are fetched during the iteration, each as of its own
     * moment, so that the iterator throws what {@link #list} throws. An iterator belongs to one thread.
     */
    public Iterable<FileInfo> listAll(String prefix) {
        ListOptions first = ListOptions.prefix(prefix);
        return () -> operations.pages(first);
    }

    /** Deletes a file, as {@link #delete(String, DeleteOptions)} does with the default options. */
    public Receipt delete(String name) {
        return delete(name, DeleteOptions.defaults());
    }

    /**
     * Deletes a file, or one of its old versions.
     *
     * <pre>{@code
     * FileVersion seen = client.stat("reports/2026.pdf").version();
     * client.delete("reports/2026.pdf", DeleteOptions.defaults().ifVersion(seen));
     * }</pre>
     *
     * <p>Once the deletion of an old version has been answered, no node shows that version any more, and its space is reclaimed unless
     * other versions share its content. The receipt's version is then the position of the deletion in the log, not a version of the file.
     *
     * @throws CraqException NOT_FOUND when there is no such file, PRECONDITION_FAILED, WRITE_ID_REUSED, OUTCOME_UNKNOWN; for an old version
     *     also VERSION_PRUNED when it has already been removed and CHANGE_REFUSED when it is the newest
     */
    public Receipt delete(String name, DeleteOptions options) {
        return operations.delete(name, options);
    }

    /**
     * Copies the newest version of the source over the target, as {@link #copy(String, String, CopyOptions)} does with
     * the default options.
     */
    public Receipt copy(String source, String target) {
        return copy(source, target, CopyOptions.defaults());
    }

    /**
     * Gives the target the content of the source as its newest version. No content is transferred: both files share it.
     *
     * <pre>{@code
     * FileVersion good = client.stat("reports/2026.pdf").version();
     * // Later: what was good comes back, as a new version.
     * client.copy("reports/2026.pdf", "reports/2026.pdf", CopyOptions.defaults().withSourceVersion(good));
     * }</pre>
     *
     * @throws CraqException NOT_FOUND when the source does not exist, VERSION_PRUNED, PRECONDITION_FAILED, WRITE_ID_REUSED, OUTCOME_UNKNOWN
     */
    public Receipt copy(String source, String target, CopyOptions options) {
        return operations.copy(source, target, options);
    }

    /**
     * Renames a file and replaces the target if it exists, as {@link #move(String, String, CopyOptions)} does with the
     * default options.
     */
    public Receipt move(String source, String target) {
        return move(source, target, CopyOptions.defaults());
    }

    /**
     * Renames a file atomically: no reader sees both names, or neither.
     *
     * <pre>{@code
     * client.move("reports/2026.pdf", "archive/2026.pdf", CopyOptions.defaults().ifAbsent());
     * }</pre>
     *
     * @throws CraqException NOT_FOUND when the source does not exist, PRECONDITION_FAILED, WRITE_ID_REUSED, OUTCOME_UNKNOWN
     */
    public Receipt move(String source, String target, CopyOptions options) {
        return operations.move(source, target, options);
    }

    /**
     * Starts a transaction, which collects changes of several files and applies them atomically. The transaction is not thread-safe.
     *
     * <pre>{@code
     * List<Receipt> receipts = client.transaction()
     *         .copy("reports/2026.pdf", "archive/2026.pdf")
     *         .delete("reports/2026.pdf")
     *         .commit();
     * }</pre>
     */
    public Transaction transaction() {
        return new Transaction(operations.steps());
    }

    /**
     * Returns a view of this client whose methods don't block: each operation runs on a thread of the executor and occupies it until the
     * operation ends. In an application server, pass its {@code ManagedExecutorService}.
     *
     * <pre>{@code
     * CompletableFuture<Receipt> receipt = client.async(executor).put("reports/new.pdf", Path.of("2026.pdf"));
     * receipt.thenAccept(done -> System.out.println(done.version())).join();
     * }</pre>
     */
    public AsyncCraqClient async(Executor runner) {
        return new AsyncCraqClient(this, runner);
    }

    /**
     * Returns the chain as the manager has configured it now.
     *
     * <pre>{@code
     * client.chain().members().forEach(member -> System.out.println(member.nodeId() + " " + member.role()));
     * }</pre>
     */
    public ChainInfo chain() {
        return operations.chain();
    }

    /**
     * Returns the token that this client's calls carry, after getting or renewing it if need be. With it, a program can
     * use the REST interface, too. Empty if the client has no credentials, or the cluster asks for none.
     *
     * <pre>{@code
     * Optional<String> header = client.token().map(token -> "Bearer " + token.text());
     * }</pre>
     *
     * @throws CraqException UNAUTHENTICATED when the credentials are wrong
     */
    public Optional<AccessToken> token() {
        return operations.token();
    }

    /** Ends all connections and threads of this client; operations in progress fail. No effect on a closed client. */
    @Override
    public void close() {
        operations.close();
    }

    /** Settings of a client, all with defaults. Not thread-safe. */
    public static final class Builder {
        private List<String> managers = List.of("127.0.0.1:9005");
        private Duration progressTimeout = Duration.ofSeconds(30);
        private Duration operationTimeout = Duration.ofSeconds(60);
        private Executor executor;
        private boolean hedgedReads;
        private ClientTls tls;
        private Credentials credentials;

        private Builder() {}

        /**
         * Sets the addresses (host:port) of the managers' gRPC servers, which are tried in turn. Default:
         * 127.0.0.1:9005.
         *
         * @throws CraqException INVALID_ARGUMENT when one of them is not an address
         */
        public Builder manager(String... hostPort) {
            managers = Names.addresses(hostPort);
            return this;
        }

        /**
         * Sets how long a stream may make no progress. There is no limit on the duration of a whole transfer. Default:
         * 30 s.
         *
         * @throws IllegalArgumentException when the timeout is not positive
         */
        public Builder progressTimeout(Duration timeout) {
            progressTimeout = positive(timeout);
            return this;
        }

        /**
         * Sets how long an operation that makes no progress is retried. Default: 60 s. Until a manager has answered
         * this client for the first time, the limit is 5 s at most, so that a wrong address is reported soon.
         *
         * @throws IllegalArgumentException when the timeout is not positive
         */
        public Builder operationTimeout(Duration timeout) {
            operationTimeout = positive(timeout);
            return this;
        }

        /**
         * Sets the executor of the client's callbacks, which never block. Default: a few threads of the client's own.
         */
        public Builder executor(Executor value) {
            executor = value;
            return this;
        }

        /**
         * Sets whether a read of content may be hedged: if the first member takes longer to start its answer than 95 %
         * of the recent reads did, a second member is asked, and the first answer to start wins. At most 5 % of all
         * reads are hedged, and none that names a node. Worthwhile where the slowest reads matter more than the added
         * load. Default: off.
         */
        public Builder hedgedReads(boolean value) {
            hedgedReads = value;
            return this;
        }

        /** Sets how connections are encrypted. Default: they are not, which a cluster with certificates refuses. */
        public Builder tls(ClientTls value) {
            tls = value;
            return this;
        }

        /**
         * Sets how the client shows who it is. Needs {@link #tls}, unless all managers are on this machine. Default: it
         * does not, and a cluster with users refuses it.
         */
        public Builder credentials(Credentials value) {
            credentials = value;
            return this;
        }

        /**
         * Creates the client. It connects when it is first used.
         *
         * @throws CraqException INVALID_ARGUMENT with the file when one of those for TLS or credentials can't be used, or
         *     when credentials would leave this machine unencrypted
         */
        public CraqClient build() {
            return new CraqClient(new Operations(new Operations.Settings(
                    managers,
                    progressTimeout,
                    operationTimeout,
                    Optional.ofNullable(executor),
                    hedgedReads,
                    REPLAY_BYTES,
                    Optional.ofNullable(tls),
                    Optional.ofNullable(credentials))));
        }

        private static Duration positive(Duration timeout) {
            if (timeout.isNegative() || timeout.isZero()) {
                throw new IllegalArgumentException("a timeout must be positive, not " + timeout);
            }
            return timeout;
        }
    }
}
