package org.craq.server.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.security.Principal;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.craq.security.Action;
import org.craq.security.Caller;
import org.craq.security.Grant;
import org.craq.security.Grants;
import org.craq.security.Rights;
import org.craq.security.User;
import org.craq.server.FakeRequest;
import org.craq.server.Settings;
import org.craq.server.limits.CallerLimits;
import org.craq.server.limits.LimitSettings;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.junit.jupiter.api.Test;

/** Whom a request is taken for when the application server has authenticated somebody. */
class RequestCallerTest {
    private final Map<String, User> users = new HashMap<>();

    private Access access(Optional<String> containerPrefix) {
        return Access.on(
                new Access.KnownRights() {
                    @Override
                    public Rights rights() {
                        return new Rights(1, "c", users, Map.of(), Map.of(), Set.of(), List.of());
                    }

                    @Override
                    public void requireCurrent(Action action) {}
                },
                false,
                new CallerLimits(LimitSettings.OFF, System::nanoTime),
                new Access.Outside(Optional.empty(), containerPrefix));
    }

    private static HttpServletRequest request(Principal principal, String... headers) {
        return request("/v1/files/a", principal, headers);
    }

    private static HttpServletRequest request(String target, Principal principal, String... headers) {
        Map<String, Object> attributes = new HashMap<>();
        return new HttpServletRequestWrapper(FakeRequest.of("GET", target, headers)) {
            @Override
            public Principal getUserPrincipal() {
                return principal;
            }

            @Override
            public String getRemoteAddr() {
                return "127.0.0.1";
            }

            @Override
            public Object getAttribute(String name) {
                return attributes.get(name);
            }

            @Override
            public void setAttribute(String name, Object value) {
                attributes.put(name, value);
            }
        };
    }

    private static void refused(Access access, HttpServletRequest request) {
        assertThatThrownBy(() -> RequestCaller.of(request, access))
                .isInstanceOfSatisfying(
                        CraqException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAUTHENTICATED));
    }

    @Test
    void theApplicationServersUserHasGrantsUnderItsPrefix() {
        users.put(
                "container:anna",
                new User("container:anna", true, Instant.EPOCH, Grants.of(List.of(Grant.of("reader:docs/")))));
        users.put("admin", new User("admin", true, Instant.EPOCH, Grants.ALL));
        Access access = access(Optional.of("container:"));
        Caller anna = RequestCaller.of(request(() -> "anna", "Authorization", "Basic YW5uYTp4"), access);
        assertThat(anna.user()).isEqualTo("container:anna");
        assertThat(anna.method()).isEqualTo(Caller.Method.CONTAINER);
        assertThat(anna.may(Action.READ, "docs/x")).isTrue();
        assertThat(anna.may(Action.WRITE, "docs/x")).isFalse();
        Caller admin = RequestCaller.of(request(() -> "admin"), access);
        assertThat(admin.user()).isEqualTo("container:admin");
        assertThat(admin.may(Action.READ, "docs/x")).as("not the cluster's own").isFalse();
        users.put("container:anna", new User("container:anna", false, Instant.EPOCH, Grants.NONE));
        refused(access, request(() -> "anna"));
        for (String odd : new String[] {"", null, "CN=anna, O=x", "a/b", "x".repeat(60)}) {
            refused(access, request(() -> odd));
        }
    }

    @Test
    void withoutItsUserNothingIsOpen() {
        refused(access(Optional.of("container:")), request(null));
        refused(access(Optional.of("container:")), request(null, "Authorization", "Basic YW5uYTp4"));
    }

    @Test
    void itsUserIsNobodyUnlessThatIsWanted() {
        refused(access(Optional.empty()), request(() -> "anna"));
        refused(access(SecuritySettings.containerPrefix(new Settings(name -> null))), request(() -> "admin"));
    }

    @Test
    void aTokenInTheUrlIsMeantMoreThanWhatIsSentByItself() {
        refused(access(Optional.of("container:")), request("/v1/files/a?craq-token=forged", () -> "anna"));
    }

    @Test
    void thePrefixIsChecked() {
        assertThat(SecuritySettings.containerPrefix(new Settings(Map.of(SecuritySettings.CONTAINER, "true")::get)))
                .contains("container:");
        for (Map<String, String> wrong : List.of(
                Map.of(SecuritySettings.CONTAINER, "yes"),
                Map.of(SecuritySettings.CONTAINER_PREFIX, "group:"),
                Map.of(SecuritySettings.CONTAINER_PREFIX, "admin"))) {
            assertThatThrownBy(() -> SecuritySettings.containerPrefix(new Settings(wrong::get)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("craq.auth.container");
        }
    }
}
