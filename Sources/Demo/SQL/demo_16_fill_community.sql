-- What people say to each other, save, are told, and what administrators did.
CREATE FUNCTION good_words() RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN ARRAY[
    'Exactly as described, box and papers complete.', 'بہت عمدہ گھڑی، وقت پر پہنچی۔ شکریہ!',
    'Mashallah, looks even better on the wrist. Packing was superb.', 'اصلی پیس ہے، چیک کروا لیا، سو فیصد مطمئن ہوں۔',
    'Second watch from this store, as good as the first.', 'Seller answered every question within minutes 👍',
    'Fast delivery to Quetta, three days. Bracelet was sized for me.', 'قیمت مناسب، پیکنگ زبردست، دوبارہ بھی لوں گا۔'];
CREATE FUNCTION fair_words() RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN ARRAY[
    'Good watch, but the courier took nine days.', 'گھڑی اچھی ہے مگر ڈبہ پھٹا ہوا تھا۔',
    'Strap is stiff, everything else fine.', 'Runs +12 s/d; acceptable for the price.',
    E'As expected.\nWould have liked a warranty card, "not just a stamp".', 'ٹھیک ہے، لیکن رنگ تصویر سے ہلکا ہے۔'];
CREATE FUNCTION bad_words() RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN ARRAY[
    'Scratch on the crystal that no picture showed.', 'گھڑی بند ملی، بیٹری بھی ختم تھی۔',
    '-1 if I could: wrong dial colour, had to send it back', 'No answer on the phone for a week.',
    '=disappointed(me), bezel is loose', 'وارنٹی کارڈ نہیں ملا، وعدہ کیا تھا۔'];
CREATE FUNCTION chat_words() RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN ARRAY[
    'Is this still available?', 'Yes, in stock, with box and papers.', 'Final price kya hoga?', 'کیا یہ اصلی ہے؟',
    'جی بالکل، رسید اور وارنٹی کے ساتھ', 'Can you send a picture of the case back?', 'Sending it now',
    'Do you deliver to Gilgit?', '+92 321 5550123 call me', 'Exchange possible with my Seiko, plus cash?',
    'Sorry, no exchange on this one.', 'Service history?', 'Serviced in March, two-year guarantee on the movement.',
    'Shukriya bhai', '=SUM(price, strap) please :)', 'Please keep it till Friday, I will pay the advance'];

INSERT INTO public.reviews (
    review_id, store_id, customer_id, order_id, product_id, rating, title, description, helpful_count,
    not_helpful_count,
    is_verified_purchase, is_approved, is_featured, created_at, updated_at)
SELECT
    r.review_id, r.store_id, r.customer_id, r.n, r.product_id, r.rating,
    CASE
        WHEN r.rating >= 4.0 THEN choose(261, r.key,
            ARRAY['Excellent', 'Very happy', 'بہترین', 'Recommended', 'As promised'])
        WHEN r.rating >= 2.5 THEN choose(261, r.key, ARRAY['Okay', 'Fair', 'ٹھیک', 'Good, with a but'])
        ELSE choose(261, r.key, ARRAY['Disappointed', 'Not as shown', 'مایوس کن', 'Avoid']) END,
    CASE WHEN pick(262, r.key, 400) = 0 THEN repeat(choose(263, r.key, good_words()) || ' ', 24)
        ELSE choose(263, r.key,
            CASE WHEN r.rating >= 4.0 THEN good_words() WHEN r.rating >= 2.5 THEN fair_words()
                ELSE bad_words() END) END,
    pick(264, r.key, 25), pick(265, r.key, 4), r.n IS NOT NULL, r.is_approved,
    r.is_approved AND r.rating = 5.0 AND pick(266, r.key, 80) = 0, r.created_at, r.created_at
FROM plan_reviews AS r
ORDER BY r.review_id;
INSERT INTO public.review_images (review_image_id, review_id, image_id, display_order)
SELECT row_number() OVER (ORDER BY i.image_id), i.owner_id, i.image_id, 0
FROM plan_images AS i WHERE i.kind = 2 ORDER BY i.image_id;

INSERT INTO public.favorites (favorite_id, customer_id, product_id, created_at)
SELECT f.favorite_id, f.customer_id, f.product_id, f.created_at FROM plan_favorites AS f ORDER BY f.favorite_id;

INSERT INTO public.chat_conversations (
    conversation_id, customer_id, seller_id, product_id, status, last_message_at, created_at, updated_at)
SELECT
    c.conversation_id, c.customer_id, c.seller_id, c.product_id,
    CASE WHEN c.created_at > day_end() - interval '30 days' OR pick(271, c.customer_id, 10) < 3 THEN 'ACTIVE'
        WHEN pick(271, c.customer_id, 10) < 8 THEN 'CLOSED' ELSE 'ARCHIVED' END,
    c.created_at + seconds(c.messages * c.pace), c.created_at, c.created_at + seconds(c.messages * c.pace)
FROM plan_conversations AS c
ORDER BY c.conversation_id;
INSERT INTO public.messages (
    message_id, conversation_id, sender_id, message_text, message_type, attachment_url, is_read, read_at, created_at)
SELECT
    row_number() OVER (ORDER BY c.conversation_id, m.no), c.conversation_id,
    CASE WHEN m.no % 2 = 1 THEN c.user_id ELSE size.administrators + c.seller_id END,
    CASE kind.type WHEN 'TEXT' THEN choose(272, said.key, chat_words())
        WHEN 'SYSTEM' THEN 'The seller reduced the price of this watch.' END,
    kind.type,
    CASE kind.type WHEN 'IMAGE' THEN 'https://images.example.com/chat/' || said.key || '.jpg' END,
    was.read, CASE WHEN was.read THEN c.created_at + seconds(m.no * c.pace + 30) END,
    c.created_at + seconds(m.no * c.pace)
FROM plan_conversations AS c
CROSS JOIN size
CROSS JOIN LATERAL generate_series(1, c.messages) AS m (no)
CROSS JOIN LATERAL (SELECT c.conversation_id * 10::bigint + m.no AS key) AS said
CROSS JOIN LATERAL (
    SELECT CASE WHEN pick(273, said.key, 100) < 94 THEN 'TEXT' WHEN pick(273, said.key, 100) < 98 THEN 'IMAGE'
        ELSE 'SYSTEM' END AS type
) AS kind
CROSS JOIN LATERAL (SELECT m.no < c.messages OR pick(274, c.customer_id, 4) > 0 AS read) AS was
ORDER BY c.conversation_id, m.no;

INSERT INTO public.notifications (
    notification_id, user_id, notification_type, title, message, link_url, is_read, read_at, created_at)
SELECT
    row_number() OVER (ORDER BY t.created_at, t.user_id, t.kind, t.link), t.user_id, t.kind, t.title, t.message, t.link,
    was.read,
    CASE WHEN was.read
        THEN least(t.created_at + seconds(30 + pick(281, t.key, 80000)), day_end() - seconds(1)) END,
    t.created_at
FROM (
    SELECT
        c.user_id, 'ORDER_' || CASE o.status WHEN 'PENDING' THEN 'PLACED' ELSE o.status END AS kind,
        'Order ' || o.order_number AS title,
        CASE o.status
            WHEN 'DELIVERED' THEN 'Your watch has arrived. Enjoy it!' WHEN 'SHIPPED' THEN
                'On its way with ' || o.carrier || ', consignment ' || o.tracking
            WHEN 'CANCELLED' THEN 'Your order was cancelled.' WHEN 'REFUNDED' THEN 'Your money is on its way back.'
            WHEN 'PENDING' THEN 'We have received your order.' ELSE 'Your order is being prepared.' END AS message,
        '/orders/' || o.order_number AS link, o.n::bigint AS key,
        CASE o.status
            WHEN 'REFUNDED' THEN o.refunded_at
            WHEN 'CANCELLED' THEN CASE o.path WHEN 'RETURN' THEN o.returned_at ELSE o.cancelled_at END
            WHEN 'DELIVERED' THEN o.delivered_at WHEN 'SHIPPED' THEN o.shipped_at WHEN 'PROCESSING' THEN o.processed_at
            WHEN 'CONFIRMED' THEN o.confirmed_at ELSE o.created_at END AS created_at
    FROM plan_orders AS o
    JOIN plan_customers AS c ON c.customer_id = o.customer_id
    UNION ALL
    SELECT
        size.administrators + v.seller_id, 'NEW_MESSAGE', 'New message', 'A customer asks about a watch of yours.',
        '/chats/' || v.conversation_id, v.conversation_id + 3000000000, v.created_at + seconds(v.pace)
    FROM plan_conversations AS v, size
    UNION ALL
    SELECT size.administrators + p.seller_id,
        CASE p.approval_status WHEN 'APPROVED' THEN 'PRODUCT_APPROVED' ELSE 'PRODUCT_REJECTED' END,
        p.model_name, coalesce(p.rejection_reason, 'Your listing is live.'), '/products/' || p.product_id,
        p.product_id + 4000000000, coalesce(p.approved_at, p.updated_at)
    FROM public.products AS p, size
    WHERE p.approval_status <> 'PENDING'
) AS t
CROSS JOIN LATERAL (SELECT pick(282, t.key, 100) < 72 AS read) AS was;

INSERT INTO public.admin_activity_log (
    log_id, admin_id, action_type, entity_type, entity_id, description, ip_address, user_agent, created_at)
SELECT
    row_number() OVER (ORDER BY a.created_at, a.entity_type, a.entity_id), a.admin_id, a.action, a.entity_type,
    a.entity_id, a.description, ('203.0.113.' || 1 + pick(291, a.entity_id, 250))::inet,
    choose(292, a.entity_id, ARRAY['Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0',
        'Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/126.0',
        'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5) Safari/605.1']),
    a.created_at
FROM (
    SELECT coalesce(p.approved_by, 1 + pick(293, p.product_id, 8)::integer) AS admin_id,
        CASE p.approval_status WHEN 'APPROVED' THEN 'APPROVE_PRODUCT' WHEN 'REJECTED' THEN 'REJECT_PRODUCT'
            ELSE 'REQUEST_CHANGES' END AS action,
        'PRODUCT' AS entity_type, p.product_id AS entity_id,
        coalesce(p.rejection_reason, 'Pictures and papers agree') AS description,
        coalesce(p.approved_at, p.updated_at) AS created_at
    FROM public.products AS p WHERE p.approval_status <> 'PENDING'
    UNION ALL
    SELECT 1 + s.seller_id % 8, CASE s.verification_status WHEN 'VERIFIED' THEN 'VERIFY_SELLER'
        ELSE 'REJECT_SELLER' END,
        'SELLER', s.seller_id, 'CNIC checked against NADRA', s.verification_date
    FROM public.sellers AS s WHERE s.verification_status <> 'PENDING'
    UNION ALL
    SELECT 1 + r.review_id % 8, 'HIDE_REVIEW', 'REVIEW', r.review_id, 'Language', r.created_at
    FROM plan_reviews AS r WHERE NOT r.is_approved
) AS a;
