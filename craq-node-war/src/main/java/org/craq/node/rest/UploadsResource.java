package org.craq.node.rest;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.HEAD;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.OPTIONS;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.Suspended;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.craq.core.chain.Member;
import org.craq.core.replica.SessionToken;
import org.craq.node.files.Preconditions;
import org.craq.node.runtime.NodeRuntime;
import org.craq.node.runtime.RunningNode;
import org.craq.node.uploads.PartChecksum;
import org.craq.node.uploads.ResumableUploads;
import org.craq.node.uploads.UploadId;
import org.craq.node.uploads.UploadPlan;
import org.craq.node.uploads.UploadState;
import org.craq.security.Action;
import org.craq.server.ContentType;
import org.craq.server.access.Guard;
import org.craq.server.access.Needs;
import org.craq.server.clients.SlowClients;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.Errors;

/**
 * Resumable uploads: tus 1.0 with creation, creation-with-upload, creation-defer-length, checksum, expiration and termination, on
 * every node. The head does the work; other nodes forward requests to it.
 */
@RequestScoped
@Needs(Needs.What.USER)
@Path("uploads")
public class UploadsResource {
    private static final String PREFIX = "/v1/uploads";
    private static final String MEDIA_TYPE = "application/offset+octet-stream";
    private static final String EXTENSIONS =
            "creation,creation-with-upload,creation-defer-length,checksum,expiration,termination";
    static final String OFFSET = "Upload-Offset";
    static final String CHECKSUM = "Upload-Checksum";
    private static final int CREATED = 201;
    private static final int NO_CONTENT = 204;

    @Inject
    private RunningNode running;

    @Context
    private HttpServletRequest request;

    @HeaderParam(TusFilter.RESUMABLE)
    @DefaultValue("")
    private String version;

    @OPTIONS
    @Needs(Needs.What.NOTHING)
    public Response options() {
        return Response.status(NO_CONTENT)
                .header("Tus-Extension", EXTENSIONS)
                .header("Tus-Checksum-Algorithm", PartChecksum.ALGORITHMS)
                .header("Tus-Max-Size", UploadPlan.MAX_LENGTH)
                .header("Accept-Patch", MEDIA_TYPE)
                .build();
    }

    @OPTIONS
    @Path("{name:.+}")
    @Needs(Needs.What.NOTHING)
    public Response optionsOfOne() {
        return options();
    }

    /** Answers on one of the node's own threads, where the container's proxy for the request does not work. */
    private void answer(AsyncResponse response, SlowClients.Answer answer) {
        request = SlowClients.unwrapped(request);
        running.http().clients().answer(response, answer);
    }

    // ---- creation ----

    @POST
    public void create(
            @BeanParam CreationParams params,
            @HeaderParam(CHECKSUM) String checksum,
            InputStream body,
            @Suspended AsyncResponse response) {
        answer(response, () -> created(params, checksum, body));
    }

    private Response created(CreationParams params, String checksum, InputStream body) {
        checkVersion();
        Guard guard = running.guard(request);
        UploadPlan plan = Errors.valid(() -> params.plan(rest(), this::header)).ownedBy(guard.user());
        guard.require(Action.WRITE, plan.file().value());
        Optional<PartChecksum> sum = checksum(checksum);
        boolean bytes = !RequestBody.length(request).equals(OptionalLong.of(0));
        if (bytes) {
            checkMediaType();
        }
        return atHead("POST", body, () -> {
            UploadState state = uploads().create(plan);
            if (bytes && !state.plan().complete()) {
                state = uploads().receive(state.id(), delivery(0, OptionalLong.empty(), sum, body), right());
            }
            return described(Response.status(CREATED), state)
                    .header(HttpHeaders.LOCATION, location(UrlPath.of(request), state.id()))
                    .build();
        });
    }

    @POST
    @Path("{name:.+}")
    public void createNamed(
            @BeanParam CreationParams params,
            @HeaderParam(CHECKSUM) String checksum,
            InputStream body,
            @Suspended AsyncResponse response) {
        create(params, checksum, body, response);
    }

    // ---- resuming ----

    @HEAD
    @Path("{name:.+}")
    public void look(@Suspended AsyncResponse response) {
        answer(response, this::found);
    }

    private Response found() {
        checkVersion();
        UploadId id = id();
        try {
            return atHead(
                    "HEAD", InputStream.nullInputStream(), () -> told(uploads().look(id, right())));
        } catch (CraqException e) {
            throw e.code().advice().repeatable() ? locked(e) : e;
        }
    }

    private Response told(UploadState state) {
        Response.ResponseBuilder answer = described(Response.ok(), state);
        if (state.plan().length().isPresent()) {
            answer.header(CreationParams.LENGTH, state.plan().length().getAsLong());
        } else {
            answer.header(CreationParams.DEFER_LENGTH, 1);
        }
        if (!state.plan().complete()) {
            answer.header(ReadAnswers.CRC32C, String.format("%08x", state.crc32c()));
        }
        if (!state.plan().metadata().header().isEmpty()) {
            answer.header(CreationParams.METADATA, state.plan().metadata().header());
        }
        return answer.build();
    }

    /** Clients retry while an upload is locked; after any other failure of HEAD they start a new one and lose the bytes sent so far. */
    private static CraqException locked(CraqException failure) {
        return failure.code() == ErrorCode.UPLOAD_LOCKED
                ? failure
                : new CraqException(
                        ErrorCode.UPLOAD_LOCKED,
                        "the offset of the upload can't be determined now (" + failure.getMessage() + ")",
                        failure);
    }

    @PATCH
    @Path("{name:.+}")
    public void send(
            @HeaderParam(OFFSET) String offset,
            @HeaderParam(CreationParams.LENGTH) String length,
            @HeaderParam(CHECKSUM) String checksum,
            InputStream body,
            @Suspended AsyncResponse response) {
        answer(response, () -> sent(offset, length, checksum, body));
    }

    private Response sent(String offset, String length, String checksum, InputStream body) {
        checkVersion();
        checkMediaType();
        if (offset == null) {
            throw new CraqException(ErrorCode.INVALID_ARGUMENT, "a PATCH must state in Upload-Offset where it resumes");
        }
        refuseConditions();
        long from = Errors.valid(() -> CreationParams.bytes(OFFSET, offset));
        OptionalLong whole = length == null
                ? OptionalLong.empty()
                : OptionalLong.of(Errors.valid(() -> CreationParams.wholeLength(length)));
        UploadId id = id();
        ResumableUploads.Delivery delivery = delivery(from, whole, checksum(checksum), body);
        if (head().isPresent()) {
            uploads().check(id, delivery, right());
        }
        return atHead("PATCH", body, () -> described(
                        Response.status(NO_CONTENT), uploads().receive(id, delivery, right()))
                .build());
    }

    /** The conditions of an upload are stated once, at its creation, and are evaluated when the file is written. */
    private void refuseConditions() {
        for (String header : Preconditions.HEADERS) {
            if (request.getHeader(header) != null) {
                throw new CraqException(
                        ErrorCode.INVALID_ARGUMENT, header + " belongs to the POST that creates the upload");
            }
        }
    }

    private void checkMediaType() {
        try {
            if (ContentType.parse(Optional.ofNullable(request.getHeader(HttpHeaders.CONTENT_TYPE))
                            .orElse(""))
                    .is(MEDIA_TYPE)) {
                return;
            }
        } catch (IllegalArgumentException e) {
            throw otherMediaType(e);
        }
        throw otherMediaType(null);
    }

    private static CraqException otherMediaType(Exception cause) {
        return new CraqException(
                ErrorCode.UNSUPPORTED_MEDIA_TYPE, "a part of an upload must have Content-Type " + MEDIA_TYPE, cause);
    }

    private ResumableUploads.Delivery delivery(
            long offset, OptionalLong length, Optional<PartChecksum> checksum, InputStream body) {
        return new ResumableUploads.Delivery(offset, RequestBody.length(request), length, checksum, body);
    }

    private static Optional<PartChecksum> checksum(String header) {
        return Optional.ofNullable(header).map(text -> Errors.valid(() -> PartChecksum.parse(text)));
    }

    @DELETE
    @Path("{name:.+}")
    public void terminate(@Suspended AsyncResponse response) {
        answer(response, this::terminated);
    }

    private Response terminated() {
        checkVersion();
        UploadId id = id();
        return atHead("DELETE", InputStream.nullInputStream(), () -> {
            uploads().terminate(id, right());
            return Response.noContent().build();
        });
    }

    // ---- shared by all requests ----

    /** An upload belongs to whoever created it; for others, except administrators, it does not exist. */
    private ResumableUploads.Right right() {
        Guard guard = running.guard(request);
        return plan -> {
            boolean own = plan.owner().isEmpty() || plan.owner().equals(guard.user());
            if (!own && !guard.caller().may(Action.ADMINISTER, "")) {
                throw new CraqException(ErrorCode.NOT_FOUND, "there is no such upload");
            }
            guard.require(Action.WRITE, plan.file().value());
        };
    }

    private ResumableUploads uploads() {
        return running.node().uploadsInParts();
    }

    private UploadId id() {
        return UploadId.parse(rest());
    }

    /** Returns the rest of the raw path after the collection's own path. */
    private String rest() {
        return UrlPath.of(request).equals(PREFIX) ? "" : UrlPath.below(request, PREFIX + "/");
    }

    /** Adds the headers that state the upload's offset and, once the file has been written, those of a put. */
    private Response.ResponseBuilder described(Response.ResponseBuilder answer, UploadState state) {
        answer.header(OFFSET, state.offset())
                .header(
                        "Upload-Expires",
                        DateTimeFormatter.RFC_1123_DATE_TIME.format(
                                uploads().expires(state).atOffset(ZoneOffset.UTC)));
        if (state.plan().complete()) {
            NodeRuntime node = running.node();
            answer.header(HttpHeaders.ETAG, Preconditions.etag(state.version()))
                    .header(ReadAnswers.VERSION, state.version().toString());
            node.members()
                    .onlyDriver()
                    .view()
                    .chain()
                    .ifPresent(chain -> answer.header(
                            FreshnessParams.SESSION, new SessionToken(chain.id(), state.version()).toString()));
        }
        return answer;
    }

    /**
     * Returns the URL of an upload relative to the one that created it. So it is correct behind any proxy, whatever host and path the
     * client sees.
     *
     * @param path path of the URL that created it, which is that of the collection or below it
     */
    public static String location(String path, UploadId id) {
        if (path.equals(PREFIX)) {
            return PREFIX.substring(PREFIX.lastIndexOf('/') + 1) + "/" + id;
        }
        long below = path.substring(PREFIX.length() + 1)
                .chars()
                .filter(character -> character == '/')
                .count();
        return "../".repeat((int) below) + id;
    }

    /** Returns a header, joining several lines into one list (RFC 9110 section 5.3); null when it is absent. */
    private String header(String name) {
        List<String> lines = Collections.list(request.getHeaders(name));
        return lines.isEmpty() ? null : String.join(",", lines);
    }

    private void checkVersion() {
        if (!version.equals(TusFilter.VERSION)) {
            throw new CraqException(
                    ErrorCode.PRECONDITION_FAILED,
                    "send Tus-Resumable: " + TusFilter.VERSION + "; other versions of tus are not supported");
        }
    }

    /** Returns the head, to which to forward the request; empty when this node must answer it. */
    private Optional<Member> head() {
        return request.getHeader(HeadLink.PASSED_ON) != null
                ? Optional.empty()
                : running.node().members().otherHead();
    }

    private Response atHead(String method, InputStream body, Supplier<Response> work) {
        Response answer = answerOfHead(method, body, work);
        String location = answer.getHeaderString(HttpHeaders.LOCATION);
        if (location == null) {
            return answer;
        }
        // Set directly, as JAX-RS on some servers makes it absolute, with the client's Host header and another
        // path.
        SlowClients.answerTo(request).setHeader(HttpHeaders.LOCATION, location);
        return Response.fromResponse(answer).header(HttpHeaders.LOCATION, null).build();
    }

    private Response answerOfHead(String method, InputStream body, Supplier<Response> work) {
        Optional<Member> head = head();
        if (head.isPresent()) {
            return new HeadLink(running.node().config().id(), running.node().tls())
                    .pass(head.get(), request, method, passedOn(method), body);
        }
        try {
            return work.get();
        } catch (CraqException e) {
            throw e.code() == ErrorCode.NOT_HEAD || e.code() == ErrorCode.FENCED ? changing(e) : e;
        }
    }

    /** Returns path and query for the head, which has to know in whose name it is asked. */
    private String passedOn(String method) {
        String path = HeadLink.escaped(UrlPath.of(request));
        String query = HeadRedirect.query(
                running.node(), running.guard(request), HeadLink.sent(method), path, request.getQueryString());
        return query.isEmpty() ? path : path + "?" + query;
    }

    /** Reports a change of heads as NOT_SERVING, as tus clients retry only when the server is temporarily unavailable. */
    private static CraqException changing(CraqException failure) {
        return new CraqException(
                ErrorCode.NOT_SERVING, "the chain is changing its head; repeat the request in a moment", failure);
    }
}
