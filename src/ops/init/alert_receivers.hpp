// What `slipway init` writes into alert_receivers.yml, for whoever runs the stack to change: where
// alerts go. Alertmanager takes it in the place of the receivers of config/alertmanager.yml.
#pragma once

#include <string_view>

namespace slipway::ops {

inline constexpr std::string_view kAlertReceivers =
    R"(# Where alerts go. After a change: docker compose ... restart alertmanager
# A secret, for addresses and passwords stand here. Every receiver that config/alertmanager.yml
# names must be there. Delivered to `alert-log`, alerts are lines in that container's log; by e-mail
# or to another system:
#
#   - name: critical
#     email_configs:
#       - to: on-call@example.com
#         from: slipway@example.com
#         smarthost: smtp.example.com:587
#         auth_username: slipway
#         auth_password: a password
#         send_resolved: true
#     webhook_configs:
#       - url: https://alerts.example.com/hooks/a-token
receivers:
  - name: critical
    webhook_configs: [{url: "http://alert-log:8080/critical"}]
  - name: warning
    webhook_configs: [{url: "http://alert-log:8080/warning"}]
  - name: test
    webhook_configs: [{url: "http://alert-log:8080/test"}]
)";

}  // namespace slipway::ops
