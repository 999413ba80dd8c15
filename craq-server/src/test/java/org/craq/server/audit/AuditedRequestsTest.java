package org.craq.server.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.json.JsonObject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.craq.security.Action;
import org.craq.server.Problem;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class AuditedRequestsTest {
    private static final UUID INSTANCE = UUID.fromString("00000000-0000-0000-0000-000000000007");

    @TempDir
    Path folder;

    private AuditTrail trail(boolean required) {
        return AuditTrail.begin(
                new AuditSettings(folder.resolve("audit"), AuditSettings.Reads.ALL, 0, required),
                Thread::new,
                new AuditTrail.Origin(Optional.empty(), "n1", true));
    }

    private static <T> T fake(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    /** A request as the gate and JAX-RS see it. */
    private record Request(
            String method, String uri, String query, Map<String, String> headers, Map<String, Object> kept) {
        static Request of(String method, String target, Map<String, String> headers) {
            int mark = target.indexOf('?');
            return new Request(
                    method,
                    mark < 0 ? target : target.substring(0, mark),
                    mark < 0 ? null : target.substring(mark + 1),
                    headers,
                    new HashMap<>());
        }

        HttpServletRequest servlet() {
            return fake(HttpServletRequest.class, (proxy, called, args) -> switch (called.getName()) {
                case "getMethod" -> method;
                case "getRequestURI" -> uri;
                case "getContextPath" -> "";
                case "getQueryString" -> query;
                case "getRemoteAddr" -> "10.0.0.1";
                case "getHeader" -> headers.get(args[0]);
                case "getAttribute" -> kept.get(args[0]);
                case "setAttribute" -> kept.put((String) args[0], args[1]);
                default -> throw new UnsupportedOperationException(called.getName());
            });
        }

        ContainerRequestContext jaxRs() {
            return fake(ContainerRequestContext.class, (proxy, called, args) -> switch (called.getName()) {
                case "getMethod" -> method;
                case "getProperty" -> kept.get(args[0]);
                default -> throw new UnsupportedOperationException(called.getName());
            });
        }
    }

    private static ContainerResponseContext answer(int status, Object entity, Map<String, String> headers) {
        return fake(ContainerResponseContext.class, (proxy, called, args) -> switch (called.getName()) {
            case "getStatus" -> status;
            case "getEntity" -> entity;
            case "getHeaderString" -> headers.get(args[0]);
            default -> throw new UnsupportedOperationException(called.getName());
        });
    }

    private record Receipt(String name, String version, long length) implements AuditedReceipt {}

    private JsonObject lineOf(
            String method, String target, Map<String, String> headers, ContainerResponseContext answer)
            throws IOException {
        try (AuditTrail trail = trail(false)) {
            AuditedRequests audited = new AuditedRequests(trail);
            Request request = Request.of(method, target, headers);
            audited.begins(request.servlet());
            audited.answered(request.jaxRs(), answer);
        }
        List<JsonObject> lines = AuditFilesTest.chained(folder.resolve("audit"));
        return lines.get(lines.size() - 2);
    }

    private String actionOf(String method, String target, Map<String, String> headers) throws IOException {
        return lineOf(method, target, headers, answer(200, null, Map.of())).getString("action");
    }

    @Test
    void requestsAreNamedByWhatTheyDo() throws IOException {
        assertThat(actionOf("GET", "/v1/files", Map.of())).isEqualTo("list");
        assertThat(actionOf("GET", "/v1/files/a", Map.of())).isEqualTo("read");
        assertThat(actionOf("HEAD", "/v1/files/a", Map.of())).isEqualTo("stat");
        assertThat(actionOf("PUT", "/v1/files/a", Map.of())).isEqualTo("write");
        assertThat(actionOf("PUT", "/v1/files/a", Map.of("X-Craq-Copy-Source", "b")))
                .isEqualTo("copy");
        assertThat(actionOf("PUT", "/v1/files/a", Map.of("X-Craq-Move-Source", "b")))
                .isEqualTo("move");
        assertThat(actionOf("POST", "/v1/files/a", Map.of())).isEqualTo("append");
        assertThat(actionOf("DELETE", "/v1/files/a", Map.of())).isEqualTo("delete");
        assertThat(actionOf("DELETE", "/v1/uploads/1", Map.of())).isEqualTo("upload_discard");
        assertThat(actionOf("POST", "/v1/transactions", Map.of())).isEqualTo("transaction");
        assertThat(actionOf("POST", "/v1/auth/token", Map.of())).isEqualTo("login");
        assertThat(actionOf("POST", "/v1/auth/presign", Map.of())).isEqualTo("presign");
        assertThat(actionOf("PUT", "/v1/admin/users/anna", Map.of())).isEqualTo("users");
        assertThat(actionOf("POST", "/v1/admin/scrub", Map.of())).isEqualTo("scrub");
        assertThat(actionOf("DELETE", "/v1/admin/chains/c1/members/n1", Map.of()))
                .isEqualTo("chain");
        assertThat(actionOf("GET", "/v1/admin/status", Map.of())).isEqualTo("look");
    }

    @Test
    void aPartHasNoLineUntilTheUploadIsComplete() throws IOException {
        assertThat(actionOf("PATCH", "/v1/uploads/1", Map.of())).isEqualTo("start");
        JsonObject complete = lineOf(
                "PATCH",
                "/v1/uploads/1",
                Map.of(),
                answer(204, null, Map.of("X-Craq-Version", "3-4", "Upload-Offset", "700")));
        assertThat(complete.getString("action")).isEqualTo("upload");
        assertThat(complete.getString("version")).isEqualTo("3-4");
        assertThat(complete.getInt("bytes")).isEqualTo(700);
    }

    @Test
    void theAnswerTellsTheOutcome() throws IOException {
        JsonObject made =
                lineOf("PUT", "/v1/files/d%C3%A9/x", Map.of(), answer(201, new Receipt("dé/x", "1-2", 9), Map.of()));
        assertThat(made.getString("name")).isEqualTo("dé/x");
        assertThat(made.getString("version")).isEqualTo("1-2");
        assertThat(made.getString("outcome")).isEqualTo("OK");
        assertThat(made.getString("peer")).isEqualTo("10.0.0.1");
        assertThat(made.getInt("bytes")).isEqualTo(9);

        Problem problem = Problem.of(new CraqException(ErrorCode.PERMISSION_DENIED, "no"), INSTANCE);
        JsonObject denied = lineOf("PUT", "/v1/files/a", Map.of(), answer(403, problem, Map.of()));
        assertThat(denied.getString("outcome")).isEqualTo("PERMISSION_DENIED");
        assertThat(denied.getString("request")).isEqualTo(INSTANCE.toString());

        JsonObject passedOn = lineOf("PATCH", "/v1/uploads/1", Map.of(), answer(403, new byte[0], Map.of()));
        assertThat(passedOn.getString("outcome")).isEqualTo("PERMISSION_DENIED");

        assertThat(lineOf("PUT", "/v1/files/a", Map.of(), answer(307, null, Map.of()))
                        .getString("action"))
                .isEqualTo("redirect");
    }

    @Test
    void aTokenInAQueryIsNotWritten() throws IOException {
        assertThat(lineOf(
                                "PUT",
                                "/v1/admin/log-levels/org.craq?level=DEBUG&craq-token=se.cr.et",
                                Map.of(),
                                answer(200, null, Map.of()))
                        .getString("detail"))
                .isEqualTo("level=DEBUG");
        assertThat(lineOf("PUT", "/v1/files/a?craq-token=se.cr.et", Map.of(), answer(200, null, Map.of()))
                        .toString())
                .doesNotContain("se.cr.et");
    }

    @Test
    void withoutItsTrailNothingIsChanged() throws Exception {
        Files.createFile(folder.resolve("audit"));
        try (AuditTrail trail = trail(true)) {
            AuditedRequests audited = new AuditedRequests(trail);
            Request write = Request.of("PUT", "/v1/files/a", Map.of());
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (System.nanoTime() < end) {
                try {
                    audited.begins(write.servlet());
                } catch (CraqException e) {
                    break;
                }
            }
            for (String method : List.of("PUT", "POST", "DELETE", "PATCH")) {
                assertThatThrownBy(() -> audited.begins(
                                Request.of(method, "/v1/files/a", Map.of()).servlet()))
                        .isInstanceOfSatisfying(
                                CraqException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STORAGE_FAILED));
            }
            audited.begins(Request.of("GET", "/v1/files/a", Map.of()).servlet());
            audited.begins(Request.of("POST", "/v1/auth/token", Map.of()).servlet());
            Files.delete(folder.resolve("audit"));
        }
    }

    @Test
    void whatTheGuardAsksNamesTheRequest() throws IOException {
        try (AuditTrail trail = trail(false)) {
            AuditedRequests audited = new AuditedRequests(trail);
            Request request = Request.of("DELETE", "/v1/files/a?version=1-1", Map.of());
            audited.begins(request.servlet());
            AuditedCall.of(request.servlet()).asks(Action.DELETE_VERSION, "a");
            audited.refused(request.servlet(), new CraqException(ErrorCode.UNAUTHENTICATED, "who?"), "id");
        }
        JsonObject line = AuditFilesTest.chained(folder.resolve("audit")).get(1);
        assertThat(line.getString("action")).isEqualTo("delete_version");
        assertThat(line.getString("outcome")).isEqualTo("UNAUTHENTICATED");
        assertThat(line.getString("request")).isEqualTo("id");
    }
}
