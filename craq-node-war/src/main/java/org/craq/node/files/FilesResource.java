package org.craq.node.files;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HEAD;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.zip.CRC32C;
import org.craq.core.chain.Chain;
import org.craq.core.chain.Member;
import org.craq.core.file.Content;
import org.craq.core.file.FileName;
import org.craq.core.file.Version;
import org.craq.node.NodeRuntime;
import org.craq.node.NodeWiring;
import org.craq.node.metadata.FileRecord;
import org.craq.server.CraqExceptionMapper;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/** The REST face of {@link FileStore}: files under their names, RFC 9110. */
@RequestScoped
@Path("files")
public class FilesResource {
    private static final String PREFIX = "/v1/files/";
    private static final String META = "x-craq-meta-";
    private static final String NODE = "X-Craq-Node";
    private static final long SUCCESSOR_PATIENCE_SECONDS = 60;

    @Inject
    private NodeWiring wiring;

    @Context
    private HttpServletRequest request;

    @Context
    private HttpHeaders headers;

    private static <T> T parse(Supplier<T> value) {
        try {
            return value.get();
        } catch (IllegalArgumentException e) {
            throw new CraqException(ErrorCode.INVALID_ARGUMENT, e.getMessage(), e);
        }
    }

    /** From the URL as it was sent: JAX-RS would cut a name at a semicolon. */
    private FileName name() {
        return parse(() -> new FileName(UrlPath.decode(path().substring(PREFIX.length()))));
    }

    private String path() {
        return request.getRequestURI().substring(request.getContextPath().length());
    }

    // ---- reading ----

    @GET
    @Produces(MediaType.APPLICATION_JSON)
    public Response list(
            @QueryParam("prefix") @DefaultValue("") String prefix,
            @QueryParam("limit") @DefaultValue("1000") String limit,
            @QueryParam("cursor") @DefaultValue("") String cursor,
            @BeanParam FreshnessParams freshness) {
        int most = parse(() -> limit(limit));
        FileStore.Answer<List<FileRecord>> answer = FileStore.await(wiring.node()
                .files()
                .list(
                        parse(() -> FileName.prefix(prefix)),
                        parse(() -> Cursor.decode(cursor)),
                        most,
                        parse(freshness::asked)));
        List<FileRecord> page = answer.value();
        FileListing listing =
                new FileListing(page.stream().map(FileListing.Entry::of).toList(), Cursor.after(page, most));
        return describe(Response.ok(listing), answer).build();
    }

    private static int limit(String text) {
        try {
            int limit = Integer.parseInt(text);
            if (limit >= 1 && limit <= FileStore.MAX_PAGE) {
                return limit;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("limit must be a number; it is '" + text + "'", e);
        }
        throw new IllegalArgumentException("limit must lie between 1 and " + FileStore.MAX_PAGE + "; it is " + text);
    }

    @GET
    @Path("{name:.+}")
    public Response get(
            @QueryParam("version") String version,
            @HeaderParam("Range") String range,
            @HeaderParam("If-Range") String ifRange,
            @HeaderParam("If-None-Match") String ifNoneMatch,
            @BeanParam FreshnessParams freshness) {
        FileStore.Answer<FileRecord> found = find(version, freshness);
        FileRecord file = found.value();
        Content content = file.content().orElseThrow();
        if (Preconditions.known(ifNoneMatch, file.version())) {
            return describeFile(Response.notModified(), found).build();
        }
        boolean whole = ifRange != null && !ifRange.strip().equals(Preconditions.etag(file.version()));
        Optional<HttpRange> part;
        try {
            part = whole ? Optional.empty() : HttpRange.parse(range, content.length());
        } catch (CraqException e) {
            // RFC 9110 section 15.5.17: a 416 says how long the file is.
            return Response.fromResponse(new CraqExceptionMapper().toResponse(e))
                    .header("Content-Range", "bytes */" + content.length())
                    .build();
        }
        HttpRange sent = part.orElse(new HttpRange(0, content.length()));
        Response.ResponseBuilder answer = Response.status(part.isPresent() ? 206 : 200)
                .entity(body(content, sent))
                .header(HttpHeaders.CONTENT_LENGTH, sent.length());
        part.ifPresent(asked -> answer.header("Content-Range", asked.contentRange(content.length())));
        return describeFile(answer, found).build();
    }

    @HEAD
    @Path("{name:.+}")
    public Response head(@QueryParam("version") String version, @BeanParam FreshnessParams freshness) {
        FileStore.Answer<FileRecord> found = find(version, freshness);
        long length = found.value().content().orElseThrow().length();
        return describeFile(Response.ok().header(HttpHeaders.CONTENT_LENGTH, length), found)
                .build();
    }

    private FileStore.Answer<FileRecord> find(String version, FreshnessParams freshness) {
        Optional<Version> asked = Optional.ofNullable(version).map(text -> parse(() -> Version.parse(text)));
        return FileStore.await(wiring.node().files().find(name(), asked, parse(freshness::asked)));
    }

    /** Who answered, and what the answer is worth. */
    private Response.ResponseBuilder describe(Response.ResponseBuilder answer, FileStore.Answer<?> found) {
        return answer.header("X-Craq-Consistency", found.level().name().toLowerCase(Locale.ROOT))
                .header(FreshnessParams.SESSION, found.session().toString())
                .header(NODE, wiring.node().config().id().value());
    }

    private Response.ResponseBuilder describeFile(Response.ResponseBuilder answer, FileStore.Answer<FileRecord> found) {
        FileRecord file = found.value();
        describe(answer, found);
        answer.header(HttpHeaders.ETAG, Preconditions.etag(file.version()))
                .header(
                        HttpHeaders.CONTENT_TYPE,
                        file.contentType().isEmpty() ? MediaType.APPLICATION_OCTET_STREAM : file.contentType())
                .header("Accept-Ranges", "bytes")
                .header("X-Craq-Version", file.version().toString())
                .lastModified(Date.from(Instant.ofEpochMilli(file.createdAtMillis())));
        file.userMetadata().forEach((key, value) -> answer.header("X-Craq-Meta-" + key, value));
        return answer;
    }

    private StreamingOutput body(Content content, HttpRange part) {
        Contents contents = wiring.node().contents();
        return output -> {
            WritableByteChannel channel = Channels.newChannel(output);
            // Opened here, where it is certain to be closed: an answer may never be written.
            try (Contents.Range range = contents.range(content, part.offset(), part.length())) {
                while (range.hasNext()) {
                    ByteBuffer bytes = range.next();
                    while (bytes.hasRemaining()) {
                        channel.write(bytes);
                    }
                }
            }
        };
    }

    // ---- writing ----

    @PUT
    @Path("{name:.+}")
    public Response put(
            @HeaderParam("If-Match") String ifMatch,
            @HeaderParam("If-None-Match") String ifNoneMatch,
            @HeaderParam("Idempotency-Key") @DefaultValue("") String key,
            InputStream body)
            throws IOException {
        FileName name = name();
        Optional<Response> elsewhere = toHead();
        if (elsewhere.isPresent()) {
            return elsewhere.get();
        }
        FileStore files = wiring.node().files();
        Upload upload = files.upload(parse(() -> new NewFile(
                name,
                FileMessages.writeId(key),
                Optional.ofNullable(headers.getHeaderString(HttpHeaders.CONTENT_TYPE))
                        .orElse(""),
                userMetadata(),
                Content.MAX_CHUNK_SIZE,
                Preconditions.of(name, ifMatch, ifNoneMatch))));
        receive(upload, body);
        FileStore.Done done = files.done(name, FileStore.await(upload.finish(upload.length(), upload.crc32c())));
        return Response.status(files.isFirst(name, done.version()) ? 201 : 200)
                .entity(FileListing.Receipt.of(done))
                .type(MediaType.APPLICATION_JSON)
                .header(HttpHeaders.ETAG, Preconditions.etag(done.version()))
                .header(FreshnessParams.SESSION, done.session().toString())
                .build();
    }

    private static void receive(Upload upload, InputStream body) throws IOException {
        try {
            while (true) {
                byte[] chunk = body.readNBytes(upload.chunkSize());
                if (chunk.length > 0) {
                    ByteString data = UnsafeByteOperations.unsafeWrap(chunk);
                    CRC32C crc = new CRC32C();
                    crc.update(chunk);
                    upload.append(upload.length(), data, (int) crc.getValue());
                }
                if (chunk.length < upload.chunkSize()) {
                    return;
                }
                awaitReady(upload);
            }
        } catch (IOException e) {
            upload.abandon();
            throw new CraqException(ErrorCode.UPLOAD_ABANDONED, "the body ended early; nothing was written", e);
        }
    }

    /** The successor takes more, or is passed over after a while. */
    private static void awaitReady(Upload upload) {
        CountDownLatch ready = new CountDownLatch(1);
        upload.whenReady(ready::countDown);
        try {
            if (ready.await(SUCCESSOR_PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        upload.abandon();
        throw new CraqException(ErrorCode.NOT_SERVING, "the chain took no more bytes; nothing was written");
    }

    private Map<String, String> userMetadata() {
        Map<String, String> metadata = new TreeMap<>();
        headers.getRequestHeaders().forEach((header, values) -> {
            String lower = header.toLowerCase(Locale.ROOT);
            if (lower.startsWith(META) && lower.length() > META.length()) {
                metadata.put(lower.substring(META.length()), String.join(",", values));
            }
        });
        return metadata;
    }

    @DELETE
    @Path("{name:.+}")
    @Produces(MediaType.APPLICATION_JSON)
    public Response delete(
            @HeaderParam("If-Match") String ifMatch, @HeaderParam("Idempotency-Key") @DefaultValue("") String key) {
        FileName name = name();
        Optional<Response> elsewhere = toHead();
        if (elsewhere.isPresent()) {
            return elsewhere.get();
        }
        FileStore.Done done = FileStore.await(wiring.node()
                .files()
                .delete(
                        name,
                        parse(() -> FileMessages.writeId(key)),
                        parse(() -> Preconditions.of(name, ifMatch, null))));
        return Response.ok(FileListing.Receipt.of(done))
                .header(FreshnessParams.SESSION, done.session().toString())
                .build();
    }

    /** Writes are the head's: another member sends them there, method and body unchanged. */
    private Optional<Response> toHead() {
        NodeRuntime node = wiring.node();
        return node.members()
                .onlyDriver()
                .view()
                .chain()
                .map(Chain::head)
                .filter(head -> !head.node().equals(node.config().id()))
                .map(this::redirect);
    }

    private Response redirect(Member head) {
        String query = request.getQueryString() == null ? "" : "?" + request.getQueryString();
        return Response.status(307)
                .header(HttpHeaders.LOCATION, head.httpUrl() + path() + query)
                .build();
    }
}
