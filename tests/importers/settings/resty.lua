local session = require "resty.session"
session.init({ remember = true, idling_timeout = 600, -- rolling_timeout = 1
  absolute_timeout = 43200, stale_ttl = 5 })
