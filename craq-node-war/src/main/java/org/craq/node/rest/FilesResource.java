package org.craq.node.rest;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HEAD;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.Suspended;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.craq.core.file.Content;
import org.craq.core.file.FileName;
import org.craq.core.file.Version;
import org.craq.core.replica.Condition;
import org.craq.core.replica.WriteId;
import org.craq.core.replica.WriteOutcome;
import org.craq.node.files.Answer;
import org.craq.node.files.Cursor;
import org.craq.node.files.FileStore;
import org.craq.node.files.FileWrites;
import org.craq.node.files.Labels;
import org.craq.node.files.Listing;
import org.craq.node.files.NewFile;
import org.craq.node.files.Preconditions;
import org.craq.node.files.Step;
import org.craq.node.files.StepRights;
import org.craq.node.files.Upload;
import org.craq.node.files.UploadPermits;
import org.craq.node.files.UserNames;
import org.craq.node.files.Versions;
import org.craq.node.files.WriteIds;
import org.craq.node.metadata.FileRecord;
import org.craq.node.runtime.RunningNode;
import org.craq.security.Action;
import org.craq.server.CraqExceptionMapper;
import org.craq.server.access.Guard;
import org.craq.server.access.Needs;
import org.craq.server.clients.SlowClients;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.Errors;

/** Reads and writes of files under their names (RFC 9110): {@code /v1/files}. */
@RequestScoped
@Needs(Needs.What.USER)
@Path("files")
public class FilesResource {
    private static final String PREFIX = "/v1/files/";

    @Inject
    private RunningNode running;

    @Inject
    private KnownDigests digests;

    @Context
    private HttpServletRequest request;

    @Context
    private HttpHeaders headers;

    /** Answers on one of the node's own threads, where the container's proxies for the request and its headers do not work. */
    private void answer(AsyncResponse response, SlowClients.Answer answer) {
        bind();
        running.http().clients().answer(response, answer);
    }

    private void bind() {
        request = SlowClients.unwrapped(request);
        headers = SlowClients.unwrapped(headers);
    }

    private Guard guard() {
        return running.guard(request);
    }

    private FileName name() {
        return Errors.valid(() -> UserNames.of(UrlPath.decode(UrlPath.below(request, PREFIX))));
    }

    // ---- reading ----

    @GET
    @Produces(MediaType.APPLICATION_JSON)
    public void list(
            @QueryParam("prefix") @DefaultValue("") String prefix,
            @QueryParam("delimiter") @DefaultValue("") String delimiter,
            @QueryParam("limit") @DefaultValue("1000") String limit,
            @QueryParam("cursor") @DefaultValue("") String cursor,
            @BeanParam FreshnessParams freshness,
            @Suspended AsyncResponse response) {
        bind();
        running.http().clients().answerLong(response, () -> listed(prefix, delimiter, limit, cursor, freshness));
    }

    private Response listed(String prefix, String delimiter, String limit, String cursor, FreshnessParams freshness) {
        List<String> readable = running.http().access().readableBelow(guard().caller(), prefix);
        Listing.Question question = Errors.valid(() -> new Listing.Question(
                UserNames.prefix(prefix), delimiter, Cursor.decode(cursor), limit(limit), readable));
        Answer<Listing> answer = FileStore.await(running.node().files().list(question, Errors.valid(freshness::asked)));
        return page(
                Response.ok(FileListing.of(answer.value())),
                answer,
                answer.value().nextCursor());
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
        throw new IllegalArgumentException("limit must be between 1 and " + FileStore.MAX_PAGE + "; it is " + text);
    }

    @GET
    @Path("{name:.+}")
    public void get(
            @QueryParam("version") String version,
            @HeaderParam("Range") String range,
            @HeaderParam("If-Range") String ifRange,
            @QueryParam("versions") String versions,
            @QueryParam("limit") @DefaultValue("1000") String limit,
            @QueryParam("cursor") @DefaultValue("") String cursor,
            @BeanParam FreshnessParams freshness,
            @Suspended AsyncResponse response) {
        answer(response, () -> got(version, range, ifRange, versions, limit, cursor, freshness));
    }

    private Response got(
            String version,
            String range,
            String ifRange,
            String versions,
            String limit,
            String cursor,
            FreshnessParams freshness) {
        if (versions != null) {
            return versions(limit, cursor, freshness);
        }
        Answer<FileRecord> found = find(version, freshness);
        FileRecord file = found.value();
        long length = file.body().orElseThrow().length();
        return unlessConditionsForbid(found, () -> {
            // A date in If-Range is too coarse to tell versions apart, so the whole file is sent.
            boolean whole = ifRange != null && !ifRange.strip().equals(Preconditions.etag(file.version()));
            try {
                return answers().content(found, whole ? List.of() : HttpRange.parse(range, length));
            } catch (CraqException e) {
                // A 416 states the length of the file (RFC 9110 section 15.5.17).
                return Response.fromResponse(new CraqExceptionMapper().toResponse(e))
                        .header("Content-Range", "bytes */" + length)
                        .build();
            }
        });
    }

    /** Answers {@code ?versions} with a page of the file's versions. */
    private Response versions(String limit, String cursor, FreshnessParams freshness) {
        FileName name = name();
        guard().require(Action.READ, name.value());
        Answer<Versions> answer = FileStore.await(running.node()
                .files()
                .versions(
                        name,
                        Errors.valid(() -> Versions.before(cursor)),
                        Errors.valid(() -> limit(limit)),
                        Errors.valid(freshness::asked)));
        guard().again(Action.READ, name.value());
        Response.ResponseBuilder page =
                Response.ok(VersionListing.of(name, answer.value())).type(MediaType.APPLICATION_JSON);
        return page(page, answer, answer.value().nextCursor());
    }

    private Response page(Response.ResponseBuilder page, Answer<?> answer, String nextCursor) {
        NextPage.link(request.getQueryString(), nextCursor).ifPresent(next -> page.header(NextPage.HEADER, next));
        return answers().describe(page, answer).build();
    }

    @HEAD
    @Path("{name:.+}")
    public void head(
            @QueryParam("version") String version,
            @BeanParam FreshnessParams freshness,
            @Suspended AsyncResponse response) {
        answer(response, () -> described(version, freshness));
    }

    private Response described(String version, FreshnessParams freshness) {
        Answer<FileRecord> found = find(version, freshness);
        long length = found.value().body().orElseThrow().length();
        return unlessConditionsForbid(found, () -> answers()
                .describeContent(
                        answers().typed(Response.ok(), found.value()).header(HttpHeaders.CONTENT_LENGTH, length), found)
                .build());
    }

    private Answer<FileRecord> find(String version, FreshnessParams freshness) {
        Optional<Version> asked = Optional.ofNullable(version).map(text -> Errors.valid(() -> Version.parse(text)));
        FileName name = name();
        guard().require(Action.READ, name.value());
        Answer<FileRecord> found =
                FileStore.await(running.node().files().find(name, asked, Errors.valid(freshness::asked)));
        guard().again(Action.READ, name.value());
        return found;
    }

    private Response unlessConditionsForbid(Answer<FileRecord> found, Supplier<Response> answer) {
        FileRecord file = found.value();
        return switch (ReadConditions.of(headers::getHeaderString, System.currentTimeMillis())
                .verdict(file.version(), file.createdAtMillis())) {
            case SEND -> answer.get();
            case NOT_MODIFIED ->
                answers().describeFile(Response.notModified(), found).build();
            case FAILED ->
                throw new CraqException(
                        ErrorCode.PRECONDITION_FAILED, "'" + file.name() + "' is at version " + file.version());
        };
    }

    private ReadAnswers answers() {
        Guard guard = guard();
        return new ReadAnswers(
                running.node(),
                request,
                name -> guard.again(Action.READ, name.value()),
                Errors.valid(() -> BodyDigests.of("", "", header(BodyDigests.WANT))),
                digests);
    }

    // ---- writing ----

    @PUT
    @Path("{name:.+}")
    public void put(
            @HeaderParam("Idempotency-Key") @DefaultValue("") String key,
            @BeanParam CopySource source,
            InputStream body,
            @Suspended AsyncResponse response) {
        answer(response, () -> stored(key, source, body));
    }

    private Response stored(String key, CopySource source, InputStream body) throws IOException {
        FileName name = name();
        guard().require(Action.WRITE, name.value());
        Optional<Response> elsewhere = toHead();
        if (elsewhere.isPresent()) {
            return elsewhere.get();
        }
        if (source.isNamed()) {
            Step.Copy copy = Errors.valid(() -> source.step(name, labels(), conditions(name)));
            WriteId id = Errors.valid(() -> WriteIds.of(key, guard().user()));
            StepRights.require(guard(), List.of(copy));
            if (body.read() >= 0) {
                throw new CraqException(
                        ErrorCode.INVALID_ARGUMENT, "a copy takes its content from its source and has no body");
            }
            return written(
                    name,
                    FileStore.await(running.node().changes().run(id, List.of(copy)))
                            .get(0),
                    Map.of());
        }
        NewFile file = newFile(name, key);
        foresee(file);
        return received(file, running.node().writes().upload(file, guard().user()), body);
    }

    /** Appends the body to the file; if the file does not exist, this is the same as a PUT. */
    @POST
    @Path("{name:.+}")
    public void append(
            @HeaderParam("Idempotency-Key") @DefaultValue("") String key,
            InputStream body,
            @Suspended AsyncResponse response) {
        answer(response, () -> appended(key, body));
    }

    private Response appended(String key, InputStream body) throws IOException {
        FileName name = name();
        guard().require(Action.WRITE, name.value());
        CopySource.refuse(this::header);
        Optional<Response> elsewhere = toHead();
        if (elsewhere.isPresent()) {
            return elsewhere.get();
        }
        NewFile file = newFile(name, key);
        foresee(file);
        return received(file, running.node().appends().upload(file, guard().user()), body);
    }

    /**
     * Checks the conditions before the body is sent, for clients that wait for 100 Continue. Other clients send anyway, and an early
     * answer could get lost when the connection is closed with unread bytes, for example behind a proxy that streams bodies.
     */
    private void foresee(NewFile file) {
        if (!header("Expect").isEmpty()) {
            running.node().writes().foresee(file);
        }
    }

    private NewFile newFile(FileName name, String key) {
        refuseWhatIsNotKept();
        return Errors.valid(() -> new NewFile(
                name,
                WriteIds.of(key, guard().user()),
                new Labels(contentType(), MetadataHeaders.read(headers)),
                Content.MAX_CHUNK_SIZE,
                conditions(name),
                key.isEmpty() ? Optional.of(running.node().writes().lastEntry()) : Optional.empty()));
    }

    private Response received(NewFile file, Upload upload, InputStream body) throws IOException {
        try {
            BodyDigests digests = Errors.valid(() -> BodyDigests.of(
                            header(BodyDigests.CONTENT), header(BodyDigests.REPRESENTATION), header(BodyDigests.WANT))
                    .withMd5(header(BodyDigests.CONTENT_MD5)));
            RequestBody.length(request).ifPresent(upload::announce);
            receive(upload, body, digests);
            Map<String, String> told = digests.finish();
            guard().require(Action.WRITE, file.name().value());
            WriteOutcome outcome = FileStore.await(upload.finish(upload.length(), upload.crc32c()));
            return written(file.name(), running.node().writes().done(file.name(), outcome), told);
        } catch (IOException e) {
            upload.abandon();
            throw new CraqException(ErrorCode.UPLOAD_ABANDONED, "the body ended early; nothing was written", e);
        } catch (RuntimeException e) {
            upload.abandon();
            throw e;
        }
    }

    /** Returns the labels given in the request; empty if there are none, and a copy then gets those of its source. */
    private Optional<Labels> labels() {
        Labels labels = new Labels(contentType(), MetadataHeaders.read(headers));
        return labels.contentType().isEmpty() && labels.userMetadata().isEmpty()
                ? Optional.empty()
                : Optional.of(labels);
    }

    private Response written(FileName name, FileWrites.Done done, Map<String, String> told) {
        return Response.status(running.node().files().isFirst(name, done.version()) ? 201 : 200)
                .entity(FileListing.Receipt.of(done, told))
                .type(MediaType.APPLICATION_JSON)
                .header(HttpHeaders.ETAG, Preconditions.etag(done.version()))
                .header(FreshnessParams.SESSION, done.session().toString())
                .build();
    }

    private String header(String name) {
        return Optional.ofNullable(headers.getHeaderString(name)).orElse("");
    }

    /** Several header lines of a list are equivalent to one (RFC 9110 section 5.3). */
    private List<Condition> conditions(FileName name) {
        return Preconditions.of(
                name,
                headers.getHeaderString(Preconditions.IF_MATCH),
                headers.getHeaderString(Preconditions.IF_NONE_MATCH),
                headers.getHeaderString(Preconditions.IF_UNMODIFIED_SINCE));
    }

    /** Refuses headers that can't be honoured and without which something other than the client means would be stored. */
    private void refuseWhatIsNotKept() {
        if (!header("Content-Range").isEmpty()) {
            throw new CraqException(
                    ErrorCode.INVALID_ARGUMENT,
                    "a PUT can't write a part of a file (Content-Range); put the whole file");
        }
        String encoding = header(HttpHeaders.CONTENT_ENCODING).strip();
        if (!encoding.isEmpty() && !encoding.equalsIgnoreCase("identity")) {
            throw new CraqException(
                    ErrorCode.UNSUPPORTED_ENCODING,
                    "files are stored as sent, and Content-Encoding is not kept: send the content without '" + encoding
                            + "', or state it in Content-Type instead of Content-Encoding");
        }
    }

    private static void receive(Upload upload, InputStream body, BodyDigests digests) throws IOException {
        while (true) {
            ByteBuffer chunk = chunk(upload, body);
            if (chunk.hasRemaining()) {
                digests.update(chunk);
                upload.append(chunk);
            }
            if (chunk.limit() < upload.chunkSize()) {
                return;
            }
            upload.awaitReady();
        }
    }

    /** Reads the next chunk. Allocates its full size only after 64 KiB have arrived, in case the client sends no more than that. */
    private static ByteBuffer chunk(Upload upload, InputStream body) throws IOException {
        byte[] begin = body.readNBytes(Math.min(UploadPermits.SHORT_BYTES, upload.chunkSize()));
        int next = begin.length < UploadPermits.SHORT_BYTES ? -1 : body.read();
        if (next < 0) {
            return ByteBuffer.wrap(begin);
        }
        upload.awaitPermit();
        byte[] chunk = Arrays.copyOf(begin, upload.chunkSize());
        chunk[begin.length] = (byte) next;
        int length = begin.length + 1;
        length += body.readNBytes(chunk, length, chunk.length - length);
        return ByteBuffer.wrap(chunk, 0, length);
    }

    /** Returns the header unchanged; two of them are joined, which is then refused as invalid. */
    private String contentType() {
        return String.join(",", Collections.list(request.getHeaders(HttpHeaders.CONTENT_TYPE)));
    }

    @DELETE
    @Path("{name:.+}")
    @Produces(MediaType.APPLICATION_JSON)
    public void delete(
            @QueryParam("version") String version,
            @HeaderParam("Idempotency-Key") @DefaultValue("") String key,
            @Suspended AsyncResponse response) {
        answer(response, () -> deleted(version, key));
    }

    private Response deleted(String version, String key) {
        FileName name = name();
        guard().require(version == null ? Action.DELETE : Action.DELETE_VERSION, name.value());
        Optional<Response> elsewhere = toHead();
        if (elsewhere.isPresent()) {
            return elsewhere.get();
        }
        WriteId id = Errors.valid(() -> WriteIds.of(key, guard().user()));
        List<Condition> conditions = Errors.valid(() -> conditions(name));
        FileWrites.Done done = FileStore.await(
                version == null
                        ? running.node().writes().delete(name, id, conditions)
                        // The conditions apply to the addressed version, which a GET of the same URL would return.
                        : running.node()
                                .changes()
                                .deleteVersion(id, name, Errors.valid(() -> Version.parse(version)), conditions));
        return Response.ok(FileListing.Receipt.of(done, Map.of()))
                .header(FreshnessParams.SESSION, done.session().toString())
                .build();
    }

    private Optional<Response> toHead() {
        return HeadRedirect.of(running.node(), request, guard());
    }
}
